import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { exampleValue } from './schema-example.ts';

describe('valueFor', () => {
  it.each([
    { type: 'object', required: ['a'], properties: { a: { type: 'string', minLength: 20 } } },
    { type: 'array', minItems: 3, uniqueItems: true, items: { type: 'integer' } },
    { type: 'array', minItems: 2, uniqueItems: true, items: { type: 'string' } },
    { type: 'integer', minimum: 5, multipleOf: 4 },
    { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    { type: 'integer', maximum: -3 },
    { type: ['null', 'string'], maxLength: 4 },
    { enum: ['red', 'green'] },
    { const: { a: 1 } },
    { oneOf: [{ type: 'boolean' }, { type: 'null' }] },
    {
      allOf: [
        { type: 'object', required: ['a'], properties: { a: { type: 'number' } } },
        { required: ['b'], properties: { b: { type: 'boolean' } } },
      ],
    },
    {
      type: 'object',
      required: ['head'],
      properties: { head: { $ref: '#/$defs/node' } },
      $defs: {
        node: {
          type: 'object',
          required: ['value'],
          properties: { value: { type: 'string' }, next: { $ref: '#/$defs/node' } },
        },
      },
    },
    {},
    true,
  ])('returns a value that satisfies %j', (schema) => {
    const validate = new Ajv({ strict: false }).compile(schema);
    const value = exampleValue(schema);
    expect(validate(value), JSON.stringify(value)).toBe(true);
  });
});
