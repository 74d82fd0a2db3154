import { expect, it } from 'vitest';
import { readInConversation } from './approved-plan.ts';

const task = [
  '# Cart',
  '```rehearse\nwrite cart.js x\n```',
  '## Files to produce\n\n- `cart.js`',
  'Change nothing yet.',
].join('\n\n');
const approval = 'Your plan is approved. Carry it out now.\n\nAdd a section "## Hand-off summary".';

it('carries out the task for which the plan was made', () => {
  const reading = readInConversation(approval, [task, 'Change your plan: shorter.']);
  expect(reading).toMatchObject({
    title: 'Cart',
    script: 'write cart.js x',
    outputFiles: ['cart.js'],
    wantsHandOffSummary: true,
  });
});

it('takes nothing from earlier prompts otherwise', () => {
  expect(readInConversation('Go on.', [task]).script).toBeUndefined();
  expect(readInConversation(approval, []).script).toBeUndefined();
});
