import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  sessionIdOf,
  sessionStarted,
  startTestServer,
  type TestServer,
} from '../../testing/server.ts';
import { readZip } from '../../tests/system/zip.ts';
import { agentDirectories } from '../artifacts/layout.ts';
import { openAuditLog } from '../journal/audit-log.ts';
import type { ThreadId } from '../session/ids.ts';
import { agentId, connectionId } from '../workflow/ids.ts';
import { workflowFrom } from '../workflow/parse.ts';

const id = sessionIdOf('a');
const plan = agentId('plan');

/** Records a session whose agent produced these artifacts. Returns their folder. */
function recordArtifacts({ journal, home }: TestServer, files: readonly string[]): string {
  const attempt = { agentId: plan, attempt: 1 } as const;
  journal.append(id, [
    sessionStarted(),
    {
      type: 'LaunchIntended',
      round: 1,
      runtime: 'cursor-cloud',
      account: null,
      ...attempt,
      threadId: 'bc-1' as ThreadId,
      requestHash: 'h',
      prompt: 'p',
      repositories: [],
      autoCreatePr: false,
    },
    {
      type: 'ArtifactsReported',
      ...attempt,
      state: 'complete',
      artifacts: files.map((file) => ({ path: `/artifacts/${file}`, file, sizeBytes: 5 })),
    },
  ]);
  const folder = agentDirectories(home, id, [plan, agentId('build')]).get(plan) ?? '';
  mkdirSync(folder, { recursive: true });
  return folder;
}

const exported = async (server: TestServer): Promise<string> => {
  const response = await server.request(`/api/sessions/${id}/export`);
  return Buffer.from(await response.arrayBuffer()).toString('latin1');
};

test('exports only regular files, but no links or folders', async () => {
  await using server = await startTestServer();
  const folder = recordArtifacts(server, ['note.txt', 'link.txt', 'folder.txt']);
  writeFileSync(join(folder, 'note.txt'), 'hello');
  writeFileSync(join(server.home, 'outside.txt'), 'outside');
  symlinkSync(join(server.home, 'outside.txt'), join(folder, 'link.txt'));
  mkdirSync(join(folder, 'folder.txt'));
  mkdirSync(join(server.home, 'audit-logs', `${id}.ndjson`), { recursive: true });
  const archive = await exported(server);
  expect(archive).toContain('artifacts/plan/note.txt');
  expect(archive).not.toContain('artifacts/plan/link.txt');
  expect(archive).not.toContain('artifacts/plan/folder.txt');
});

test('keeps serving requests after an export was interrupted', async () => {
  const redact = (texts: readonly string[]) => {
    // Only events contain this text.
    if (texts.includes('LaunchIntended')) throw new Error('the disk is gone');
    return texts.map((text) => ({ text, count: 0 }));
  };
  await using server = await startTestServer({ services: { redact } });
  recordArtifacts(server, []);
  await expect(exported(server)).rejects.toThrow();
  expect(server.logged.join()).toContain('an export was interrupted');
  expect((await server.request('/api/status')).status).toBe(200);
});

test('exports no secrets of MCP servers in any file', async () => {
  await using server = await startTestServer();
  const mcpServers = [{ name: 'tickets', command: 'tickets', env: { PIN: 'canary-4711' } }];
  const read = workflowFrom({
    version: '1.0',
    id: 'shop',
    name: 'Shop',
    agents: [{ id: 'plan', name: 'Planner' }],
    settings: { mcpServers },
  });
  if (!read.ok) throw new Error('unreachable');
  server.journal.append(id, [sessionStarted({ workflow: read.workflow })]);
  const log = openAuditLog({
    home: server.home,
    journal: server.journal,
    // Early versions did not redact the audit log.
    redact: (events) => events,
    onError: (error) => {
      throw error;
    },
  });
  await log.idle();
  await log.close();
  const file = join(server.home, 'audit-logs', `${id}.ndjson`);
  expect(readFileSync(file, 'utf8')).toContain('canary-4711');
  const response = await server.request(`/api/sessions/${id}/export`);
  const files = readZip(Buffer.from(await response.arrayBuffer()));
  expect([...files.keys()]).toContain('audit-log.ndjson');
  for (const [name, content] of files) expect(content.toString(), name).not.toContain('canary');
});

test('removes keys from the messages of agents, and counts them for each file', async () => {
  await using server = await startTestServer();
  const folder = recordArtifacts(server, ['note.txt']);
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const said = `The file holds:\n${token}\nand DB_PASSWORD=hunter2hunter2`;
  writeFileSync(join(folder, 'note.txt'), said);
  server.journal.append(id, [
    {
      type: 'HandoffStored',
      round: 1,
      agentId: plan,
      attempt: 1,
      connectionId: connectionId('a-b'),
      targetAgentId: agentId('build'),
      format: 'summary',
      content: said,
      outputFiles: [],
      branches: [],
    },
  ]);
  const response = await server.request(`/api/sessions/${id}/export`);
  const files = readZip(Buffer.from(await response.arrayBuffer()));
  for (const [name, content] of files) {
    if (!name.startsWith('artifacts/'))
      expect(content.toString(), name).not.toMatch(/ghp_|hunter2/);
  }
  // Artifacts are exported unchanged.
  expect(files.get('artifacts/plan/note.txt')?.toString()).toBe(said);
  const counts = JSON.parse(String(files.get('redactions.json')));
  expect(counts.files).toMatchObject({
    'session.json': 2,
    'events.ndjson': 2,
    'handoffs/1-a-b.md': 2,
  });
  const lines = String(files.get('events.ndjson'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ redactions }) => redactions ?? 0)).toEqual([0, 0, 0, 2]);
});

test('does not include keys in errors', async () => {
  await using server = await startTestServer();
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const response = await server.request(`/api/sessions/${token}`);
  expect(response.ok).toBe(false);
  expect(await response.text()).not.toContain(token);
});

test('separates the artifacts of agents with similar ids, including those of earlier attempts', async () => {
  await using server = await startTestServer();
  const ids = ['a b', 'a_b', 'a/b', 'A_B', 'research-1', 'research-2'].map(agentId);
  const read = workflowFrom({
    version: '1.0',
    id: 'shop',
    name: 'Shop',
    agents: ids.map((each) => ({ id: each, name: each, instructions: 'Work.' })),
  });
  if (!read.ok) throw new Error(read.problems[0]?.message);
  server.journal.append(id, [sessionStarted({ workflow: read.workflow })]);
  const folders = agentDirectories(server.home, id, ids);
  for (const each of ids) {
    const folder = folders.get(each) ?? '';
    mkdirSync(folder, { recursive: true });
    for (const file of ['old.txt', 'r.txt'])
      writeFileSync(join(folder, file), `${file} of ${each}`);
    server.journal.append(id, [
      {
        type: 'LaunchIntended',
        round: 1,
        runtime: 'cursor-cloud',
        account: null,
        agentId: each,
        attempt: 1,
        threadId: `bc-${each}` as ThreadId,
        requestHash: 'h',
        prompt: 'p',
        repositories: [],
        autoCreatePr: false,
      },
      {
        type: 'ArtifactsReported',
        agentId: each,
        attempt: 1,
        state: 'complete',
        artifacts: [{ path: '/artifacts/r.txt', file: 'r.txt', sizeBytes: 5 }],
        earlier: [{ path: '/artifacts/old.txt', file: 'old.txt', sizeBytes: 5 }],
      },
    ]);
  }
  const response = await server.request(`/api/sessions/${id}/export`);
  const files = readZip(Buffer.from(await response.arrayBuffer()));
  const named = Object.entries(JSON.parse(String(files.get('artifact-folders.json'))));
  expect(named.map(([, agent]) => agent)).toEqual(ids);
  expect(new Set(named.map(([folder]) => folder.toLowerCase())).size).toBe(ids.length);
  for (const [folder, agent] of named) {
    for (const file of ['r.txt', 'old.txt'])
      expect(String(files.get(`${folder}/${file}`))).toBe(`${file} of ${agent}`);
  }
});

test('exports the flow of the session with every decision and answer', async () => {
  await using server = await startTestServer();
  const read = workflowFrom({
    version: '1.0',
    id: 'shop',
    name: 'Shop',
    agents: [
      { id: 'plan', name: 'Planner', loop: { exitCondition: 'Done.', maxIterations: 2 } },
      { id: 'build', name: 'Builder' },
    ],
    connections: [{ id: 'gate', source: 'plan', target: 'build', flowType: 'approval-gate' }],
  });
  if (!read.ok) throw new Error('The workflow cannot be read');
  const about = { agentId: plan, attempt: 1, round: 1 } as const;
  server.journal.append(id, [
    sessionStarted({ workflow: read.workflow }),
    {
      type: 'ConnectionDecided',
      ...about,
      connectionId: connectionId('loop:plan'),
      holds: true,
      reason: 'All is done.',
      by: 'agent',
    },
  ]);
  const response = await server.request(`/api/sessions/${id}/export`);
  const files = readZip(Buffer.from(await response.arrayBuffer()));
  expect(JSON.parse(String(files.get('flow.json')))).toMatchObject({
    connections: [{ id: 'gate', state: 'pending', reason: 'Waits for the end of the loop.' }],
    loops: [{ id: 'loop:plan', round: 1, mostRounds: 2 }],
    rounds: [{ agentId: 'plan', round: 1, rounds: 2, status: 'waiting' }],
    steps: [{ type: 'ConnectionDecided', reason: 'All is done.', by: 'agent' }],
  });
});
