import { expect, it } from 'vitest';
import { parsePromptInConversation } from './conversation-prompt.ts';
import { finalMessage } from './final-message.ts';
import { parsePrompt } from './prompt.ts';

const form =
  '```decision-form\n{\n  "again": {"holds": <true or false>, "reason": "<why>"}\n}\n```';
const script = (...lines: string[]) => ['```rehearse', ...lines, '```'].join('\n');

const answerTo = (parsedPrompt: ReturnType<typeof parsePrompt>): unknown => {
  const text = finalMessage({ title: 'A', isPlan: false, facts: [], parsedPrompt });
  const block = /```decision\n([\s\S]*?)\n```/.exec(text)?.[1];
  return block === undefined ? text : JSON.parse(block).again;
};

it('decides that every condition holds without a script', () => {
  expect(answerTo(parsePrompt(`# A\n\n${form}`))).toEqual({
    holds: true,
    reason: 'It was rehearsed.',
  });
});

it('decides as scripted, with the reason', () => {
  const prompt = `# A\n\n${script('decide again no "A typo is left."')}\n\n${form}`;
  expect(answerTo(parsePrompt(prompt))).toEqual({ holds: false, reason: 'A typo is left.' });
});

it('does not decide if the script says unclear', () => {
  const text = answerTo(parsePrompt(`# A\n\n${script('decide * unclear')}\n\n${form}`));
  expect(text).toContain('I cannot say');
});

it('continues a loop until the scripted round, which later prompts only name in a heading', () => {
  const first = `# A\n\n${script('decide again no until round 3')}\n\n${form}`;
  const round = (number: number) => `## Round ${number} of at most 4\n\nGo on.\n\n${form}`;
  expect(answerTo(parsePrompt(first))).toMatchObject({ holds: false });
  expect(answerTo(parsePromptInConversation(round(2), [first]))).toMatchObject({ holds: false });
  expect(answerTo(parsePromptInConversation(round(3), [first, round(2)]))).toMatchObject({
    holds: true,
  });
});

it('answers a repeated request for its decision as in the current round', () => {
  const first = `# A\n\n${script('decide again unclear until round 2')}\n\n${form}`;
  const question = `Your last message does not say it. Write nothing else and change no files.\n\n${form}`;
  expect(answerTo(parsePromptInConversation(question, [first]))).toContain('I cannot say');
  const second = `## Round 2 of at most 4\n\nGo on.\n\n${form}`;
  expect(answerTo(parsePromptInConversation(question, [first, second]))).toMatchObject({
    holds: true,
  });
});
