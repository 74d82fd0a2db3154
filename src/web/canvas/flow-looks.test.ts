import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import type { Connection } from '../../workflow/schema.ts';
import { validateWorkflow } from '../../workflow/validate.ts';
import { flowWords } from './flow-looks.ts';

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
  return { words: flowWords(connection), hasNoEnd: codes.includes('loop_without_exit') };
}

test('a loop is labelled with rounds exactly where the rules find that it ends', () => {
  expect(loop({})).toEqual({ words: 'No exit condition yet', hasNoEnd: true });
  expect(loop({ maxIterations: 3 })).toEqual({ words: '3 rounds', hasNoEnd: false });
  expect(loop({ maxIterations: 1 })).toEqual({ words: '1 round', hasNoEnd: false });
  expect(loop({ loopCondition: 'Done.' })).toEqual({ words: 'Up to 3 rounds', hasNoEnd: false });
  expect(loop({ loopCondition: 'Done.', maxIterations: 5 }).words).toBe('Up to 5 rounds');
  expect(loop({ label: 'Until approved', loopCondition: 'Done.' }).words).toBe('Until approved');
});
