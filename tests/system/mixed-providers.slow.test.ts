import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionView } from '../../src/contract/session-views.ts';
import { installedHarness } from '../../src/harnesses/installed.ts';
import { runCommand, temporaryHome } from '../../testing/command-line.ts';
import { stopRehearsal } from '../../testing/detached-processes.ts';

/** Where the real programs of other makers are; without them nothing here can be shown, and nothing is claimed. */
const cache = process.env.CEREVISOR_HARNESS_CACHE ?? '';
const places = { home: '/nowhere', cache };
const areHere =
  cache !== '' &&
  (await installedHarness(places, 'claude')) !== null &&
  (await installedHarness(places, 'codex')) !== null;

const script = (...lines: readonly string[]) => ['```rehearse', ...lines, '```'].join('\n');

const workflow = {
  version: '1.0',
  id: 'mixed-providers',
  name: 'Mixed providers',
  agents: [
    {
      id: 'research',
      name: 'Researcher',
      providerId: 'codex',
      instructions: script('write notes.md found', 'say Researched'),
    },
    {
      id: 'build',
      name: 'Implementer',
      providerId: 'anthropic',
      instructions: script('read notes.md', 'write feature.js done', 'say Built'),
    },
    {
      id: 'review',
      name: 'Reviewer',
      runMode: 'cloud',
      instructions: script('read feature.js', 'write review.md fine', 'say Reviewed'),
    },
  ],
  connections: [
    { source: 'research', target: 'build' },
    { source: 'build', target: 'review' },
  ],
  settings: {
    providerId: 'cursor-agent',
    runMode: 'local',
    cloud: { repos: [{ url: 'https://github.com/cerevisor/sample-shop' }] },
  },
};

const home = temporaryHome();
const environment = { CEREVISOR_PORT: '0', CEREVISOR_HARNESS_CACHE: cache };
const run = (...args: readonly string[]) => runCommand(home.folder, args, { environment });

beforeAll(async () => {
  if (areHere) await run('start');
});
afterAll(async () => {
  if (areHere) {
    await run('stop', '--all');
    await stopRehearsal(home.folder);
  }
  home[Symbol.dispose]();
});

test.skipIf(!areHere)(
  'Codex researches, Claude implements and Cursor reviews in the cloud, in one session with real changes',
  async () => {
    const file = `${home.folder}/mixed.cerevisor`;
    writeFileSync(file, JSON.stringify(workflow));
    const ended = await run('run', file, '--yes', '--trust-workflow');
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout + ended.stderr).toContain('OpenAI Codex');

    const listed = await run('sessions', '--json');
    // What the command itself has printed.
    const [session] = JSON.parse(listed.stdout) as SessionView[];
    expect(session?.status).toBe('finished');
    expect(
      session?.agents.map(({ name, runtime, provider, result }) => [
        name,
        runtime,
        provider?.id,
        result,
      ]),
    ).toEqual([
      ['Researcher', 'codex', 'codex', 'Researched'],
      ['Implementer', 'claude', 'anthropic', 'Built'],
      ['Reviewer', 'cursor-cloud', 'cursor-agent', 'Reviewed'],
    ]);
    const diff = await run('diff', session?.id ?? '');
    for (const name of ['notes.md', 'feature.js', 'review.md']) expect(diff.stdout).toContain(name);
  },
);
