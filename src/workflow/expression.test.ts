import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import {
  evaluateExpression,
  expressionFault,
  handoffUse,
  MAX_EXPRESSION_LENGTH,
} from './expression.ts';

describe('an expression', () => {
  it.each([
    'handoff.approved',
    'handoff.approved == true && round < 3',
    'size(handoff.findings) == 0',
    'handoff.findings.exists(finding, finding.severity == "high")',
    'has(handoff.score) && handoff.score >= 7',
    'handoff.verdict in ["ship", "ship with notes"]',
    'handoff["verdict"].startsWith("ship")',
  ])('may ask about the hand-off and the round: %s', (text) => {
    expect(expressionFault(text)).toBeNull();
  });

  it.each([
    ['', 'it is empty', null],
    [' \n', 'it is empty', null],
    ['handoff.score >', 'Unexpected token: EOF', 15],
    ['handoff.verdict === "ship"', 'Unexpected character: =', 18],
    ['output.approved', 'Unknown variable: output', 0],
    ['"a" + 1 == 2', 'no such overload: string + int', 0],
    ['size(handoff.findings)', 'it gives a number, not true or false', null],
    ['"approved"', 'it gives text, not true or false', null],
    ['[handoff.approved]', 'it gives list, not true or false', null],
    ['process.exit()', 'Unknown variable: process', 0],
    ['import("node:fs")', 'Reserved identifier: import', 0],
  ])('with a mistake is told what and where: %s', (text, message, offset) => {
    expect(expressionFault(text)).toEqual({ message, offset });
  });

  it('is rejected if it is too long or nested too deeply', () => {
    const tooLong = `${'!'.repeat(MAX_EXPRESSION_LENGTH)}true`;
    expect(expressionFault(tooLong)?.message).toBe('it has 2,004 characters, and may have 2,000');
    expect(expressionFault(`${'('.repeat(900)}true${')'.repeat(900)}`)?.message).toMatch(/depth/i);
    expect(expressionFault(`${'['.repeat(900)}${']'.repeat(900)}`)?.message).toMatch(/depth/i);
    expect(expressionFault(`[${'1,'.repeat(900)}1] == []`)?.message).toMatch(/max/i);
  });

  it('never throws', () => {
    const word = fc.constantFrom(
      ...['handoff', 'round', '.', '(', ')', '[', ']', '{', '}', '&&', '!', '?', ':', '==', '"'],
      ...["'", '1', '1.5', 'true', 'in', 'has', 'size', 'exists', 'x', ',', '-', '\\', 'r', '\n'],
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
      fc.string({ maxLength: 300, unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (any) => {
        const fault = expressionFault(any);
        if (fault === null) handoffUse(any);
        else expect(fault.message).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

it('lists the hand-off fields that an expression reads', () => {
  const text = 'has(handoff.a) ? handoff.a.b > 1 : handoff.list.all(x, x.c == handoff.d)';
  expect(handoffUse(text)).toEqual({ isRead: true, fields: new Set(['list', 'd', 'a']) });
  expect(handoffUse('handoff["a"] == 1')).toEqual({ isRead: true, fields: new Set() });
  expect(handoffUse('round > 1')).toEqual({ isRead: false, fields: new Set() });
});

it.each([
  ['size(handoff.findings) == 0 && handoff.score > 3', { kind: 'value', holds: true }],
  ['round >= 3', { kind: 'value', holds: false }],
  ['has(handoff.approved) && handoff.approved', { kind: 'value', holds: false }],
  ['handoff.approved', { kind: 'fault', message: 'No such key: approved' }],
  ['handoff.score', { kind: 'fault', message: 'its result is neither true nor false' }],
])('is evaluated over a hand-off and a round, and never guesses: %s', (text, result) => {
  const handoff = { findings: [], score: 4.5 };
  expect(evaluateExpression(text, { handoff, round: 2 })).toEqual(result);
});
