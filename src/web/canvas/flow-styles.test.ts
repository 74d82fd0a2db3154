import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import type { Connection } from '../../workflow/schema.ts';
import { validateWorkflow } from '../../workflow/validate.ts';
import { connectionLabel } from './flow-styles.ts';

function loop(end: Partial<Connection>) {
  const workflow = sampleWorkflow({
    agents: [{ id: 'write' }, { id: 'review' }],
    connections: [
      { id: 'there', source: 'write', target: 'review' },
      { id: 'back', source: 'review', target: 'write', flowType: 'loop', ...end },
    ],
  });
  const connection = workflow.connections[1];
  if (connection === undefined) throw new Error('The sample has no loop.');
  const codes = validateWorkflow(workflow).map(({ code }) => code);
  return { label: connectionLabel(connection), hasNoEnd: codes.includes('loop_without_exit') };
}

test('labels a loop with rounds exactly where validation finds that it ends', () => {
  expect(loop({})).toEqual({ label: 'No exit condition yet', hasNoEnd: true });
  expect(loop({ maxIterations: 3 })).toEqual({ label: '3 rounds', hasNoEnd: false });
  expect(loop({ maxIterations: 1 })).toEqual({ label: '1 round', hasNoEnd: false });
  expect(loop({ loopCondition: 'Done.' })).toEqual({ label: 'Up to 3 rounds', hasNoEnd: false });
  expect(loop({ loopCondition: 'Done.', maxIterations: 5 }).label).toBe('Up to 5 rounds');
  expect(loop({ label: 'Until approved', loopCondition: 'Done.' }).label).toBe('Until approved');
});
