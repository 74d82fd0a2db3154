import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SessionId } from '../../src/session/ids.ts';
import type { SessionState } from '../../src/session/state.ts';
import { threeWaves } from '../../testing/engine-workflows.ts';
import {
  agentNamed,
  isOver,
  openWorld,
  start,
  storedItems,
  type World,
} from '../../testing/engine-world.ts';

/** What a rehearsed agent does, as part of its instructions. */
const script = (...steps: string[]): string => ['', '', '```rehearse', ...steps, '```'].join('\n');

const scripts: Readonly<Record<string, string>> = {
  r1: script('write notes/one.md One', 'conclude'),
  r2: script('write notes/two.md Two', 'conclude'),
  impl: script('write shop.ts export const open = true;', 'conclude'),
  rev: script('write review.md Good', 'conclude'),
};

/** Three waves on this machine, each agent with a file of its own; some of them may run elsewhere. */
function localWaves(repository: string, changes: Readonly<Record<string, object>> = {}) {
  const workflow = threeWaves(repository);
  return {
    ...workflow,
    agents: workflow.agents.map((agent) => ({
      ...agent,
      instructions: `${agent.instructions}${scripts[agent.id] ?? ''}`,
      ...changes[agent.id],
    })),
    settings: { runMode: 'local', cloud: { repos: [{ url: repository }] } },
  };
}

const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', words, { cwd: folder, encoding: 'utf8' }).trim();

const filesOf = (folder: string, state: SessionState, agent: string): string[] => {
  const [branch] = agentNamed(state, agent).attempts.at(-1)?.branches ?? [];
  return git(folder, 'ls-tree', '-r', '--name-only', branch?.branch ?? '').split('\n');
};

/** Items that have an id, of all transcripts: one that was read twice would be here twice. */
const itemIds = (world: World, id: SessionId): string[] =>
  storedItems(world, id).map(({ turnId, kind, itemId }) => `${turnId} ${kind} ${itemId}`);

describe('a session on this machine', () => {
  test('runs in three waves, each agent based on the work of its predecessors, across a restart in the middle', async () => {
    await using world = await openWorld();
    const slow = script('write notes/one.md One', 'run sleep 4 && echo slept', 'conclude');
    const workflow = localWaves(world.repository, { r1: { instructions: `Research.${slow}` } });
    const id = await start(world, workflow, { folder: world.repository });
    await world.until(id, (state) => agentNamed(state, 'r1').attempts[0]?.folder !== undefined);
    const before = agentNamed(world.state(id), 'r1').attempts[0];
    await world.restart();
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    expect(agentNamed(state, 'r1').attempts).toHaveLength(1);
    expect(agentNamed(state, 'r1').attempts[0]).toMatchObject({
      runtime: 'cursor-local',
      threadId: before?.threadId,
      folder: before?.folder,
      turns: [{ ended: { outcome: 'finished' }, stream: 'complete' }],
      artifacts: { state: 'none' },
      baseCommits: [{ commit: git(world.repository, 'rev-parse', 'HEAD') }],
    });
    expect(filesOf(world.repository, state, 'rev')).toEqual(
      expect.arrayContaining(['notes/one.md', 'notes/two.md', 'shop.ts', 'review.md']),
    );
    expect(git(world.repository, 'status', '--porcelain')).toBe('');
    const ids = itemIds(world, id);
    expect(new Set(ids).size).toBe(ids.length);
    await world.engine.dismiss([id]);
    await expect.poll(() => existsSync(before?.folder ?? '')).toBe(false);
  });

  test('continues in the cloud and back: branches are pushed for cloud agents and fetched for local ones', async () => {
    await using world = await openWorld();
    const remote = join(world.folder, 'remote.git');
    const folder = join(world.folder, 'clone');
    git(world.folder, 'clone', '--quiet', '--bare', world.repository, remote);
    git(world.folder, 'clone', '--quiet', remote, folder);
    const workflow = localWaves(remote, { impl: { runMode: 'cloud' } });
    const refused = await world.engine.start({ workflow, folder });
    expect(refused).toMatchObject({ ok: false, error: { code: 'confirmation_needed' } });
    const id = await start(world, workflow, { folder, confirmed: ['push-local-branches'] });
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    expect(agentNamed(state, 'impl').attempts[0]?.runtime).toBe('cursor-cloud');
    const [first] = agentNamed(state, 'r1').attempts[0]?.branches ?? [];
    expect(agentNamed(state, 'impl').attempts[0]?.repositories).toEqual([
      { url: remote, startingRef: first?.branch },
    ]);
    expect(filesOf(remote, state, 'impl')).toEqual(
      expect.arrayContaining(['notes/one.md', 'shop.ts']),
    );
    expect(filesOf(folder, state, 'rev')).toEqual(
      expect.arrayContaining(['notes/one.md', 'shop.ts', 'review.md']),
    );
  });
});
