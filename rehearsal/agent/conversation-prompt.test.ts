import { expect, it } from 'vitest';
import { parsePromptInConversation } from './conversation-prompt.ts';

const task = [
  '# Cart',
  '```rehearse\nwrite cart.js x\n```',
  '## Files to produce\n\n- `cart.js`',
  'Change nothing yet.',
].join('\n\n');
const approval = 'Your plan is approved. Carry it out now.\n\nAdd a section "## Hand-off summary".';

it('performs the task for which the plan was made', () => {
  const parsedPrompt = parsePromptInConversation(approval, [task, 'Change your plan: shorter.']);
  expect(parsedPrompt).toMatchObject({
    title: 'Cart',
    script: 'write cart.js x',
    outputFiles: ['cart.js'],
    requestsHandOffSummary: true,
  });
});

it('follows an edited plan and its script', () => {
  const edited = (plan: string) =>
    `Your plan is approved with changes: a person edited it.\n\n\`\`\`\`plan\n${plan}\n\`\`\`\`\n\n## Your last message`;
  const scripted = parsePromptInConversation(
    edited('Only this:\n\n```rehearse\nwrite other.js y\n```'),
    [task],
  );
  expect(scripted).toMatchObject({ title: 'Cart', script: 'write other.js y' });
  const plain = parsePromptInConversation(edited('Only the first step.'), [task]);
  expect(plain).toMatchObject({ script: 'write cart.js x', editedPlan: 'Only the first step.' });
});

it('takes no task from earlier prompts otherwise', () => {
  expect(parsePromptInConversation('Go on.', [task]).script).toBeUndefined();
  expect(parsePromptInConversation(approval, []).script).toBeUndefined();
});
