import { expect, test } from 'vitest';
import { PLANNER_ID } from '../../src/workflow/planner.ts';
import { agent, controlFlow, outcomeOf, script } from '../../testing/control-flow.ts';
import { agentNamed, isOver, openWorld, start } from '../../testing/engine-world.ts';

test('local agents succeed in the second round because of the edit, in their own folders', async () => {
  await using world = await openWorld();
  const set = { instructions: `Build.\n\n${script('write built.md Done', 'conclude')}` };
  const edits = [{ kind: 'update-agent', agentId: 'build', set }];
  const workflow = controlFlow(
    world.repository,
    [agent('build', `Build.\n\n${script('write broken.md No', 'fail It does not compile.')}`)],
    [],
  );
  const settings = {
    runMode: 'local',
    cloud: workflow.settings.cloud,
    loopAndEnhance: {
      enabled: true,
      plannerInstructions: script(`propose ${JSON.stringify(edits)}`),
    },
  };
  const id = await start(world, { ...workflow, settings }, { folder: world.repository });
  const state = await world.until(id, isOver);
  expect(state.enhance?.ended).toMatchObject({ cause: 'converged', round: 2 });
  expect(outcomeOf(state, 'build')).toBe('completed');
  const [first, second] = agentNamed(state, 'build').attempts;
  expect(second?.runtime).toBe('cursor-local');
  expect(second?.threadId).toBe(first?.threadId);
  expect(agentNamed(state, PLANNER_ID).attempts[0]?.runtime).toBe('cursor-local');
});
