import { afterAll, describe, expect, test } from 'vitest';
import { HandoffCheckProcess } from './checker.ts';
import type { HandoffSpec } from './read.ts';

const checker = new HandoffCheckProcess();
afterAll(() => checker[Symbol.dispose]());

const structured = (handoffSchema: NonNullable<HandoffSpec['handoffSchema']>): HandoffSpec => ({
  handoffFormat: 'structured-json',
  handoffSchema,
});

const works = () => checker.read(structured({ type: 'number' }), '```json\n1\n```');

/** Each level doubles the work. */
const explosive = { $ref: '#/$defs/d0', $defs: {} as Record<string, unknown> };
for (let level = 0; level < 40; level += 1) {
  const next = { $ref: `#/$defs/d${level + 1}` };
  explosive.$defs[`d${level}`] = { anyOf: [{ allOf: [next, false] }, { allOf: [next, false] }] };
}
explosive.$defs.d40 = { type: 'string' };

const manyThings = JSON.stringify(Array.from({ length: 100_000 }, (_, a) => ({ a: { a } })));

describe('a check that does not terminate', () => {
  test.each<[string, HandoffSpec, string]>([
    ['a pattern', structured({ pattern: '^(a+)+$' }), JSON.stringify(`${'a'.repeat(40)}!`)],
    ['alternatives', structured(explosive), '"text"'],
    ['many different things', structured({ uniqueItems: true }), manyThings],
    ['more than fits into memory', structured(true), `[${'{"a":{}},'.repeat(4_000_000)}1]`],
  ])('is stopped, and the next one works: %s', async (_, spec, message) => {
    const read = await checker.read(spec, message);
    expect(read).toMatchObject({ kind: 'unusable', code: 'handoff_check_stopped' });
    expect(await works()).toEqual({ kind: 'content', content: '1' });
  });
});

test('a long answer is checked like a short one', async () => {
  const long = `[${'1,'.repeat(5_000_000)}1]`;
  const numbers = await checker.read(structured({ items: { type: 'number' } }), long);
  expect(numbers).toEqual({ kind: 'content', content: long });
  expect(await checker.read(structured({ items: { type: 'string' } }), long)).toEqual({
    kind: 'mistakes',
    mistakes: ['/0 must be string'],
  });
});

test('concurrent requests all get their results', async () => {
  const deep = JSON.parse(`${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}`);
  expect(
    await Promise.all([
      checker.read({ handoffFormat: 'summary' }, '## Hand-off summary\nshort'),
      checker.schemaFault({ type: 'object' }),
      checker.schemaFault({ $async: true }),
      checker.schemaFault({ pattern: '(' }),
      checker.schemaFault(deep),
      checker.readDecisions('```decision\n{"a->b": true}\n```', ['a->b']),
    ]),
  ).toEqual([
    { kind: 'content', content: 'short' },
    null,
    null,
    expect.stringContaining('Invalid regular expression'),
    expect.stringContaining('too deeply nested'),
    { decisions: { 'a->b': { kind: 'decided', holds: true, reason: null } }, rest: '' },
  ]);
});
