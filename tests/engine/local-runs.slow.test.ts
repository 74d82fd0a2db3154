import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  agentNamed,
  isOver,
  openWorld,
  start,
  threeWaves,
  type World,
} from '../../testing/engine-world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world.close();
});

/** Agents of a workflow that change files; each has its own script. */
const script = (...steps: string[]): string => ['', '', '```rehearse', ...steps, '```'].join('\n');

function localWaves(repository: string) {
  const workflow = threeWaves(repository);
  const steps: Record<string, string> = {
    r1: script('write notes/one.md One', 'conclude'),
    r2: script('write notes/two.md Two', 'conclude'),
    impl: script('write shop.ts export const open = true;', 'conclude'),
    rev: script('write review.md Good', 'conclude'),
  };
  return {
    ...workflow,
    agents: workflow.agents.map((agent) => ({
      ...agent,
      instructions: `${agent.instructions}${steps[agent.id] ?? ''}`,
    })),
    settings: { runMode: 'local' },
  };
}

const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', words, { cwd: folder, encoding: 'utf8' }).trim();

describe('a session on this machine', () => {
  test('runs in three waves, each agent on the work of those before it', async () => {
    const id = await start(world, localWaves(world.repository), { folder: world.repository });
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const [branch] = agentNamed(state, 'rev').attempts[0]?.branches ?? [];
    const files = git(world.repository, 'ls-tree', '-r', '--name-only', branch?.commit ?? '');
    expect(files.split('\n')).toEqual(
      expect.arrayContaining(['notes/one.md', 'notes/two.md', 'shop.ts', 'review.md']),
    );
    expect(git(world.repository, 'status', '--porcelain')).toBe('');
  });
});
