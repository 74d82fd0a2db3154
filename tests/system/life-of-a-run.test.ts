import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentViewSchema } from '../../src/contract/agent-views.ts';
import { type EventView, eventViewSchema } from '../../src/contract/event-views.ts';
import type { ArtifactList } from '../../src/contract/responses.ts';
import {
  type SessionDetail,
  type SessionView,
  sessionDetailSchema,
  sessionViewSchema,
} from '../../src/contract/session-views.ts';
import { oneAgent, threeWaves } from '../../testing/engine-workflows.ts';
import { SystemWorld } from '../../testing/system-world.ts';
import { readZip } from './zip.ts';

/** What every run promises, seen from a shell. */
let world: SystemWorld;
let finished: string;
beforeAll(async () => {
  world = await SystemWorld.open();
  finished = await world.begin(threeWaves(world.repository));
  await world.settled(finished);
});
afterAll(() => world.close());

const worker = (...script: string[]) => oneAgent(world.repository, script);
const untilRunning = (id: string) =>
  world.until(id, ({ agents }) => agents.some(({ status }) => status === 'running'));
const lines = (text: string): EventView[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => eventViewSchema.parse(JSON.parse(line)));

test('closing the terminal of an attached run detaches with exit code 0, and the run continues', async () => {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    const file = world.write(worker('say Early.', 'wait 1h', 'say Late.'));
    const { child, ended, waitForOutput } = world.start('run', file);
    await waitForOutput('Worker  running');
    child.kill(signal);
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(0);
    const [, id = ''] = /cerevisor(?:\.mjs'?)? reconnect (\w+)/.exec(stderr) ?? [];
    const session = await world.client.session(id);
    expect(session.status).toBe('running');
    const reconnected = world.run('reconnect', id);
    await world.finishRuns(session.id);
    expect((await reconnected).code).toBe(0);
    expect(await world.client.session(id)).toMatchObject({ status: 'finished' });
  }
});

test('run --detach --json prints the session id and nothing else', async () => {
  const file = world.write(worker('say Done.'));
  const { code, stdout } = await world.run('run', file, '--detach', '--json');
  expect(code).toBe(0);
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(['sessionId']);
  expect(document.sessionId).toMatch(/^s_[0-9a-f]{32}$/);
  await world.settled(document.sessionId);
});

test('sessions and show have the documented fields, with their types and no other', async () => {
  const sessions = await world.json<SessionView[]>('sessions');
  const shown = await world.json<SessionDetail>('show', finished.slice(2, 10));
  expect(sessions.length).toBeGreaterThan(0);
  for (const session of sessions) {
    sessionViewSchema.strict().parse(session);
    for (const agent of session.agents) agentViewSchema.strict().parse(agent);
    expect(session).toMatchObject(documentedSession);
    for (const agent of session.agents) expect(agent).toMatchObject(documentedAgent);
  }
  sessionDetailSchema.strict().parse(shown);
  expect(shown).toMatchObject({ id: finished, costUsd: 0, usage: expect.any(Object) });
  expect(shown.agents.map(({ wave }) => wave)).toEqual([1, 1, 2, 3]);
  for (const { startedAt, endedAt } of sessions) {
    expect(new Date(startedAt).toISOString()).toBe(startedAt);
    if (endedAt !== null) expect(new Date(endedAt).toISOString()).toBe(endedAt);
  }
});

test('logs are numbered from 1 without holes, continue after a number, and never change', async () => {
  const all = (await world.run('logs', finished, '--json')).stdout;
  const events = lines(all);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.length).toBeGreaterThan(50);
  expect(new Set(events.map(({ sessionId }) => sessionId))).toEqual(new Set([finished]));
  const middle = Math.floor(events.length / 2);
  const rest = (await world.run('logs', finished, '--json', '--after', String(middle))).stdout;
  expect(all.endsWith(rest)).toBe(true);
  expect(lines(rest)[0]?.seq).toBe(middle + 1);
  const past = await world.run('logs', finished, '--json', '--after', String(events.length));
  expect(past).toMatchObject({ code: 0, stdout: '' });
});

test('logs --follow prints each event once as it happens, and ends with the session', async () => {
  const id = await world.begin(worker('say One.', 'wait 1s', 'say Two.'));
  const follow = await world.start('logs', id, '--json', '--follow').ended;
  expect(follow.code).toBe(0);
  const events = lines(follow.stdout);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.some(({ type }) => type === 'SessionEnded')).toBe(true);
  const later = await world.run('logs', id, '--json');
  expect(later.stdout.startsWith(follow.stdout)).toBe(true);
});

test('cancel waits for confirmation by Cursor; a watching command exits with code 4', async () => {
  const file = world.write(worker('say Early.', 'wait 1h', 'say Never.'));
  const watching = world.start('run', file, '--json');
  await watching.waitForOutput('"type":"SessionStarted"');
  const [running] = await world.json<SessionView[]>('sessions', '--status', 'running');
  const id = running?.id ?? '';
  await untilRunning(id);
  const cancelled = await world.json('cancel', id.slice(2, 9));
  expect(cancelled).toMatchObject({ sessionId: id, confirmed: true, status: 'cancelled' });
  expect((await watching.ended).code).toBe(4);
  const { agents } = await world.client.session(id);
  expect(agents).toMatchObject([{ status: 'cancelled', statusSource: 'Rehearsal' }]);
  const known = (await world.ledger()).agents.find(
    (agent) => agent.id === agents[0]?.cursorAgentId,
  );
  expect(known?.runs).toMatchObject([{ status: 'CANCELLED' }]);
  expect((await world.run('cancel', id)).code).not.toBe(0);
});

test('artifacts on disk exactly match the manifest and the list', async () => {
  const id = await world.begin(
    worker(
      'artifact report.md hello',
      'artifact big.bin 3MB',
      'artifact ../../escape.txt no',
      'say Done.',
    ),
  );
  await world.settled(id);
  await world.until(id, ({ agents }) => agents[0]?.artifactsState === 'complete');
  const list = await world.json<ArtifactList>('artifacts', id);
  const [agent] = list.agents;
  expect(agent?.artifacts).toHaveLength(3);
  const folder = agent?.directory ?? '';
  expect(folder).toContain(path.join(world.home, 'cloud-artifacts', id.slice(2, 10)));
  const manifest = JSON.parse(readFileSync(path.join(folder, '.manifest.json'), 'utf8'));
  for (const { path: remote, file, sizeBytes, sha256 } of agent?.artifacts ?? []) {
    const bytes = readFileSync(path.join(folder, file ?? ''));
    expect(bytes).toHaveLength(sizeBytes);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(manifest.artifacts).toContainEqual(
      expect.objectContaining({ path: remote, file, sizeBytes, sha256, state: 'fetched' }),
    );
  }
  expect(readdirSync(folder).toSorted()).toEqual(
    ['.manifest.json', ...(agent?.artifacts ?? []).map(({ file }) => file)].toSorted(),
  );
  expect(existsSync(path.join(world.home, 'escape.txt'))).toBe(false);
});

test('a dismissed session leaves the list, keeps its files, and can be restored', async () => {
  const id = await world.begin(worker('artifact kept.txt hello', 'say Done.'));
  await world.settled(id);
  await world.until(id, ({ agents }) => agents[0]?.artifactsState === 'complete');
  const [agent] = (await world.json<ArtifactList>('artifacts', id)).agents;
  const kept = path.join(agent?.directory ?? '', agent?.artifacts[0]?.file ?? '');
  const listed = async () => (await world.json<SessionView[]>('sessions')).map((one) => one.id);

  const living = await world.begin(worker('wait 1h'));
  expect((await world.run('dismiss', living)).code).toBe(2);
  expect(await world.json('dismiss', id)).toEqual({ dismissed: [id] });
  expect(await listed()).not.toContain(id);
  expect((await world.json<SessionView[]>('sessions', '--all')).map((one) => one.id)).toContain(id);
  await world.run('restore', id);
  expect(await listed()).toContain(id);
  await world.run('dismiss', '--settled');
  expect(await listed()).toEqual([living]);
  expect(readFileSync(kept, 'utf8').trim()).toBe('hello');
  await world.run('cancel', living);
});

test('an export holds the whole session', async () => {
  await world.run('restore', finished);
  const file = path.join(world.folder, 'export.zip');
  expect((await world.run('export', finished, '-o', file)).code).toBe(0);
  const files = readZip(readFileSync(file));
  const events = lines(String(files.get('events.ndjson')));
  expect(events).toEqual(lines((await world.run('logs', finished, '--json')).stdout));
  expect(JSON.parse(String(files.get('session.json')))).toMatchObject({ id: finished });
  expect(JSON.parse(String(files.get('workflow.cerevisor')))).toMatchObject({ id: 'three-waves' });
  const names = [...files.keys()];
  expect(names.filter((name) => name.startsWith('handoffs/'))).toHaveLength(3);
  expect(names.filter((name) => name.startsWith('prompts/'))).toHaveLength(4);
  expect(names.filter((name) => name.startsWith('artifacts/')).length).toBeGreaterThanOrEqual(4);
});

test('an unknown or ambiguous session exits with code 2', async () => {
  expect((await world.run('show', 's_')).code).toBe(2);
  expect((await world.run('logs', 'zzzz')).code).toBe(2);
  expect((await world.run('logs', finished, '--after', 'x')).code).toBe(2);
});

const text = expect.any(String);
const textOrNull = {
  asymmetricMatch: (value: unknown) => value === null || typeof value === 'string',
};
const documentedSession = {
  id: expect.stringMatching(/^s_[0-9a-f]{32}$/),
  workflow: { id: text, name: text },
  mode: 'cloud',
  status: text,
  startedAt: text,
  endedAt: textOrNull,
  resumable: expect.any(Boolean),
  agents: expect.any(Array),
};
const documentedAgent = {
  id: text,
  name: text,
  wave: expect.any(Number),
  attempt: expect.any(Number),
  status: text,
  statusSource: text,
  statusAt: text,
  cursorAgentId: textOrNull,
  cursorRunId: textOrNull,
  branches: expect.any(Array),
  prUrl: textOrNull,
  artifacts: expect.any(Array),
  result: textOrNull,
  error: null,
};
