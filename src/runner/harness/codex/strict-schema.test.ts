import { expect, it } from 'vitest';
import { strictSchema } from './strict-schema.ts';

const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
});

it('forbids additional properties at every depth, and removes unsupported keywords', () => {
  const schema = object(
    { list: { type: 'array', items: object({ url: { type: 'string', format: 'uri' } }) } },
    { $schema: 'https://json-schema.org/draft/2020-12/schema' },
  );
  const closed = { additionalProperties: false };
  expect(strictSchema(schema)).toEqual(
    object({ list: { type: 'array', items: object({ url: { type: 'string' } }, closed) } }, closed),
  );
});

it('is null if answers could violate the schema, or OpenAI would reject it', () => {
  const text = { type: 'string' };
  for (const schema of [
    { ...object({ a: text }), required: [] },
    { type: 'object' },
    object({ a: { oneOf: [text] } }),
    object({ a: text }, { additionalProperties: text }),
    object({ a: { not: text } }),
    { type: 'array', items: text },
    { anyOf: [object({ a: text })] },
    true,
  ])
    expect(strictSchema(schema)).toBeNull();
});

it('keeps alternatives and references', () => {
  const schema = object(
    { a: { anyOf: [{ type: 'string' }, { type: 'null' }] }, b: { $ref: '#/$defs/b' } },
    { $defs: { b: { enum: [1, 2] } }, additionalProperties: false },
  );
  expect(strictSchema(schema)).toEqual(schema);
});
