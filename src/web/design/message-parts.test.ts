import { expect, test } from 'vitest';
import { messageParts } from './message-parts.ts';

const marked = (message: string) =>
  messageParts(message)
    .map(({ text, isCode }) => (isCode ? `<${text}>` : text))
    .join('');

test.each([
  ['Run `cerevisor start` again.', 'Run <cerevisor start> again.'],
  ['`allow`, or `deny`.', '<allow>, or <deny>.'],
  ['Nothing of the kind.', 'Nothing of the kind.'],
  ['A single ` stays.', 'A single ` stays.'],
  ['`a` and a single `', '<a> and a single `'],
  ['Not across `lines\nof a message`.', 'Not across `lines\nof a message`.'],
  ['Nothing `` between.', 'Nothing `` between.'],
  ['', ''],
])('separates code from text in %j', (message, expected) => {
  expect(marked(message)).toBe(expected);
});

test('returns no empty parts', () => {
  expect(messageParts('`git status`')).toEqual([{ text: 'git status', isCode: true }]);
});
