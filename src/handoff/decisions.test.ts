import { describe, expect, it } from 'vitest';
import {
  MISSING_DECISION,
  readDecisions,
  unclearDecisionText,
  withoutDecisions,
} from './decisions.ts';

const fenced = (json: string, language = 'decision') => `\`\`\`${language}\n${json}\n\`\`\``;
const decided = (holds: boolean, reason: string | null = null) => ({
  kind: 'decided',
  holds,
  reason,
});
const read = (message: string, ...wanted: string[]) => readDecisions(message, wanted).decisions;

describe('a decision', () => {
  it('is read with its reason, for each requested connection', () => {
    const json =
      '{"a->b": {"holds": true, "reason": "Two tests fail."}, "a->c": {"holds": false, "reason": "No."}}';
    expect(read(`Done.\n\n${fenced(json)}`, 'a->b', 'a->c')).toEqual({
      'a->b': decided(true, 'Two tests fail.'),
      'a->c': decided(false, 'No.'),
    });
  });

  it.each([
    ['a block marked as JSON', fenced('{"a->b": {"holds": false, "reason": "No."}}', 'json')],
    [
      'a block in a list',
      `- so:\n\n  ${fenced('{"a->b":{"holds":false,"reason":"No."}}').replaceAll('\n', '\n  ')}`,
    ],
    ['the bare message', '{"a->b": {"holds": false, "reason": "No."}}'],
    ['running text', 'I decide {"a->b": {"holds": false, "reason": "No."}} here.'],
    ['yes and no instead of true and false', fenced('{"a->b": {"holds": "No", "reason": "No."}}')],
    ['loose spelling', fenced("{'a->b': {holds: false, reason: 'No.',},}")],
    ['escapes of HTML', fenced('{"a-&#62;b": {"holds": false, "reason": "No."}}')],
    ['the only connection, unnamed', fenced('{"holds": false, "reason": "No."}')],
    [
      'the same twice',
      `${fenced('{"a->b": false}')}\n\n${fenced('{"a->b": {"holds": false, "reason": "No."}}')}`,
    ],
    [
      'an object with decisions about other connections',
      fenced('{"a->b": {"holds": false, "reason": "No."}, "x": {"holds": true}}'),
    ],
  ])('is understood in %s', (_, message) => {
    expect(read(message, 'a->b')).toEqual({ 'a->b': decided(false, 'No.') });
  });

  it.each([
    ['nothing', 'All done, the tests pass.', 'it is missing'],
    ['prose', 'I think that the condition holds.', 'it is missing'],
    ['another value', fenced('{"a->b": {"holds": "mostly"}}'), '"holds" is neither true nor false'],
    [
      'null',
      fenced('{"a->b": {"holds": null, "reason": "?"}}'),
      '"holds" is neither true nor false',
    ],
    ['both', fenced('{"a->b": {"holds": true or false}}'), 'it is missing'],
    [
      'a contradiction',
      `${fenced('{"a->b": true}')}\n${fenced('{"a->b": false}')}`,
      'it occurs more than once, with different answers',
    ],
    [
      'a contradiction in running text',
      'First {"a->b": {"holds": true}}, but in fact {"a->b": {"holds": false}}.',
      'it occurs more than once, with different answers',
    ],
    [
      'a contradiction in one object',
      fenced('{"a->b": {"holds": true}, "a->b": {"holds": false}}'),
      'it occurs more than once, with different answers',
    ],
    [
      'a contradiction in one answer',
      fenced('{"holds": true, "reason": "So.", "holds": false}'),
      'it occurs more than once, with different answers',
    ],
    [
      'a contradiction between comments',
      fenced('{ "a->b": {"holds": true}, // or rather\n "a->b": {"holds": false}, }'),
      'it occurs more than once, with different answers',
    ],
    [
      'a contradiction in loose spelling',
      fenced("{ 'a->b': {holds: true, reason: 'So.'}, 'a->b': {holds: false} }"),
      'it occurs more than once, with different answers',
    ],
    [
      'a contradiction in one answer in loose spelling',
      fenced('{ holds: true, holds: false }'),
      'it occurs more than once, with different answers',
    ],
  ])('is never guessed from %s', (_, message, mistake) => {
    expect(read(message, 'a->b')).toEqual({ 'a->b': { kind: 'unclear', mistake } });
  });

  it('about one connection does not count for another', () => {
    expect(read(fenced('{"a->b": true}'), 'a->b', 'a->c')).toEqual({
      'a->b': decided(true),
      'a->c': { kind: 'unclear', mistake: 'it is missing' },
    });
  });
});

describe('the message for the hand-off', () => {
  it('contains none of several decisions in running text', () => {
    const message = 'Yes: {"a->b": {"holds": true}} and again {"a->b": {"holds": true}}.';
    expect(readDecisions(message, ['a->b'])).toEqual({
      decisions: { 'a->b': decided(true) },
      rest: 'Yes:  and again .',
    });
  });

  it.each([
    ['loose spelling', "So {'a->b': {holds: true}} it is.", 'So  it is.'],
    ['comments', 'So {"a->b": {"holds": true} /* sure */} it is.', 'So  it is.'],
    ['code', 'So `{"a->b": {"holds": true}}` it is.', 'So  it is.'],
  ])('contains no decision in running text with %s', (_, message, rest) => {
    expect(readDecisions(message, ['a->b'])).toEqual({
      decisions: { 'a->b': decided(true) },
      rest,
    });
  });

  it('contains everything except the decision', () => {
    const message = [
      'I looked at it.',
      '## Decision',
      fenced('{"a->b": {"holds": true, "reason": "So."}}'),
      '## Hand-off summary',
      'All is well.',
    ].join('\n\n');
    const { rest } = readDecisions(message, ['a->b']);
    expect(rest.split(/\n+/)).toEqual(['I looked at it.', '## Hand-off summary', 'All is well.']);
  });

  it('keeps a structured hand-off next to the decision', () => {
    const handoff = fenced('{"findings": ["a->b"], "a->b": 1}', 'json');
    const { rest, decisions } = readDecisions(
      `${fenced('{"a->b": {"holds": true, "reason": "So."}}', 'json')}\n\n${handoff}`,
      ['a->b'],
    );
    expect(rest).toBe(handoff);
    expect(decisions).toEqual({ 'a->b': decided(true, 'So.') });
  });

  it('does not contain a decision that cannot be parsed', () => {
    expect(readDecisions(`Done.\n${fenced('{"a->b": perhaps}')}`, ['a->b']).rest).toBe('Done.');
  });

  it('is the whole message if there is no decision', () => {
    const message = 'Done.\n\n```json\n{"findings": []}\n```\n';
    expect(readDecisions(message, ['a->b']).rest).toBe(message);
  });
});

describe('a message for display', () => {
  it('contains no decisions, marked or not, but everything else', () => {
    const marked = fenced('{"a->b": {"holds": true, "reason": "So."}}');
    const unmarked = fenced('{"a->b": {"holds": true}}', 'json');
    const data = fenced('{"files": ["a.ts"]}', 'json');
    expect(withoutDecisions(`Built it.\n\n${data}\n\n## Decision\n\n${marked}`)).toBe(
      `Built it.\n\n${data}`,
    );
    expect(withoutDecisions(`Built it.\n\n${unmarked}`)).toBe('Built it.');
    expect(withoutDecisions(data)).toBe(data);
  });
});

it('describes why a decision is unclear, and whether the agent was asked again', () => {
  expect(unclearDecisionText(MISSING_DECISION, true)).toBe(
    'The agent did not state a decision, even when asked again.',
  );
  expect(unclearDecisionText(MISSING_DECISION, false)).toBe('The agent did not state a decision.');
  for (const answer of ['{"a->b": "perhaps"}', '{"a->b": true, "a->b": false}']) {
    const decision = read(fenced(answer), 'a->b')['a->b'];
    if (decision?.kind !== 'unclear') throw new Error('It was understood.');
    expect(unclearDecisionText(decision.mistake, true)).toMatch(
      /^The agent (gave|answered) .*again\.$/,
    );
  }
});
