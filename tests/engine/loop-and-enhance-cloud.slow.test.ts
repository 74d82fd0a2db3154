import { describe, expect, test } from 'vitest';
import { PLANNER_ID } from '../../src/workflow/planner.ts';
import {
  agent,
  controlFlow,
  eventsOf,
  outcomeOf,
  promptsOf,
  say,
  script,
} from '../../testing/control-flow.ts';
import { agentNamed, isOver, openWorld, start } from '../../testing/engine-world.ts';

/** A builder that fails as long as its instructions say so, and a planner that is scripted. */
const enhanced = (
  repository: string,
  edits: readonly object[],
  settings: object = {},
  planner: readonly string[] = [
    say(`Edits.\n\n\`\`\`json\n${JSON.stringify({ summary: 'Say how.', edits })}\n\`\`\``),
  ],
) => {
  const workflow = controlFlow(
    repository,
    [agent('build', `Build.\n\n${script('fail It does not compile.')}`), agent('publish')],
    [{ id: 'c', source: 'build', target: 'publish', handoffFormat: 'full-output' }],
  );
  const loopAndEnhance = { enabled: true, plannerInstructions: script(...planner), ...settings };
  return { ...workflow, settings: { ...workflow.settings, loopAndEnhance } };
};

const mend = { kind: 'update-agent', agentId: 'build', set: { instructions: 'Build with care.' } };

describe('Loop & Enhance', () => {
  test('succeeds in the second round because of the edit that the planner proposed', async () => {
    await using world = await openWorld();
    const id = await start(world, enhanced(world.repository, [mend]));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    expect(state.enhance).toMatchObject({ round: 2, ended: { cause: 'converged', round: 2 } });
    expect(state.workflow.agents[0]?.instructions).toBe('Build with care.');
    expect(['build', 'publish'].map((one) => outcomeOf(state, one))).toEqual([
      'completed',
      'completed',
    ]);
    expect(eventsOf(world, id, 'RoundReported')).toMatchObject([
      {
        round: 1,
        failures: [
          { agentId: 'build', reason: 'failed' },
          { agentId: 'publish', reason: 'blocked' },
        ],
      },
    ]);
    // The builder continues in its thread, and is told what its task is now.
    const [first, second] = agentNamed(state, 'build').attempts;
    expect(second?.threadId).toBe(first?.threadId);
    const prompts = (await promptsOf(world))[0] ?? [];
    expect(prompts[1]).toContain('Round 2 of at most 3 of the whole workflow');
    expect(prompts[1]).toContain('Build with care.');
    expect(agentNamed(state, PLANNER_ID).attempts).toHaveLength(1);
  });

  test('does not converge if the edit has no effect', async () => {
    await using world = await openWorld();
    const useless = { kind: 'describe-workflow', description: 'A better description.' };
    const id = await start(world, enhanced(world.repository, [useless], { maxRounds: 2 }));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'failed' });
    expect(state.enhance?.ended).toMatchObject({ cause: 'most-rounds', round: 2 });
    expect(outcomeOf(state, 'build')).toBe('failed');
  });
});
