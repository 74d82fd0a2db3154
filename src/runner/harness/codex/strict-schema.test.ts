import { expect, it } from 'vitest';
import { strictSchema } from './strict-schema.ts';

const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
});

it('closes objects, at every depth, and leaves out what OpenAI does not read', () => {
  const schema = object(
    { list: { type: 'array', items: object({ url: { type: 'string', format: 'uri' } }) } },
    { $schema: 'https://json-schema.org/draft/2020-12/schema' },
  );
  const closed = { additionalProperties: false };
  expect(strictSchema(schema)).toEqual(
    object({ list: { type: 'array', items: object({ url: { type: 'string' } }, closed) } }, closed),
  );
});

it('gives up where the answer could break the schema, or OpenAI would refuse it', () => {
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
