import { expect, test } from 'vitest';
import { codeParts } from './code-parts.ts';

const marked = (message: string) =>
  codeParts(message)
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
])('the code in %j is told from its words', (message, expected) => {
  expect(marked(message)).toBe(expected);
});

test('no part of a message is empty', () => {
  expect(codeParts('`git status`')).toEqual([{ text: 'git status', isCode: true }]);
});
