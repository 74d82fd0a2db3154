import { expect, test } from 'vitest';
import { compileHandoffSchema, type HandoffSchema } from './schema.ts';

const mistakesOf = (schema: HandoffSchema, value: unknown) => {
  const compiled = compileHandoffSchema(schema);
  return compiled.ok ? compiled.check.mistakesOf(value) : compiled.message;
};

test.each([
  ['http://json-schema.org/draft-04/schema#', { maximum: 3, exclusiveMaximum: true }],
  ['http://json-schema.org/draft-04/schema', { maximum: 3, exclusiveMaximum: true }],
  ['http://json-schema.org/draft-06/schema#', { exclusiveMaximum: 3 }],
  ['http://json-schema.org/draft-07/schema#', { exclusiveMaximum: 3 }],
  ['https://json-schema.org/draft-07/schema', { exclusiveMaximum: 3 }],
  ['https://json-schema.org/draft/2019-09/schema', { exclusiveMaximum: 3 }],
  ['https://json-schema.org/draft/2019-09/schema#', { exclusiveMaximum: 3 }],
  ['https://json-schema.org/draft/2020-12/schema', { exclusiveMaximum: 3 }],
  ['http://json-schema.org/schema#', { exclusiveMaximum: 3 }],
])('reads schemas of %s', ($schema, limit) => {
  const schema = { $schema, $id: 'https://example.com/limit', type: 'number', ...limit };
  expect(mistakesOf(schema, 2)).toEqual([]);
  expect(mistakesOf(schema, 3)).toEqual(['the hand-off must be < 3']);
});

test.each(['http://json-schema.org/draft-03/schema#', 'https://example.com/own', 7, null])(
  'rejects a schema of the unknown draft %s',
  ($schema) => {
    expect(mistakesOf({ $schema, type: 'object' }, {})).toContain('only draft 4, 6, 7');
  },
);

test('an asynchronous schema is checked synchronously', () => {
  expect(mistakesOf({ $async: true, type: 'object' }, 'text')).toEqual([
    'the hand-off must be object',
  ]);
  const inner = { $async: true, $id: 'inner', type: 'object' };
  expect(mistakesOf({ $defs: { inner }, $ref: 'inner' }, 'text')).not.toEqual([]);
});

test.each<[string, HandoffSchema, string]>([
  ['an unknown type', { type: 'objekt' }, 'must be equal to one of the allowed values'],
  ['a reference to somewhere else', { $ref: 'https://example.com/x' }, "can't resolve reference"],
  ['a reference to itself', { $ref: '#' }, 'is infinitely recursive'],
  [
    'references in a circle',
    { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    'is infinitely recursive',
  ],
  ['an invalid pattern', { pattern: '(' }, 'Invalid regular expression'],
  ['too much text', { description: 'x'.repeat(300_000) }, 'larger than 256 KB'],
  ['too much nesting', nested(100_000), 'too deeply nested'],
  ['much nesting', nested(9_000), 'too deeply nested'],
])('reports what is wrong with %s', (_, schema, message) => {
  const compiled = compileHandoffSchema(schema);
  expect(compiled.ok ? '' : compiled.message).toContain(message);
});

function nested(depth: number): HandoffSchema {
  let schema: HandoffSchema = {};
  for (let level = 0; level < depth; level += 1) schema = { not: schema };
  return schema;
}
