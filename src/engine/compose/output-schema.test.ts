import { expect, it } from 'vitest';
import { readDecisions } from '../../handoff/decisions.ts';
import { decisionSchema, repairSchema } from './output-schema.ts';

it('requests decisions in the form in which they are read', () => {
  const ids = ['a', 'b'];
  const { properties, required } = decisionSchema(ids);
  expect(Object.keys(Object(properties))).toEqual(ids);
  expect(required).toEqual(ids);
  const answer = { a: { holds: true, reason: 'Yes.' }, b: { holds: false, reason: 'No.' } };
  expect(readDecisions(JSON.stringify(answer), ids).decisions).toEqual({
    a: { kind: 'decided', holds: true, reason: 'Yes.' },
    b: { kind: 'decided', holds: false, reason: 'No.' },
  });
});

it('enforces only object schemas for a repair', () => {
  const handoffSchema = { type: 'object', properties: { a: { type: 'string' } } };
  expect(repairSchema({ handoffSchema })).toEqual({ outputSchema: handoffSchema });
  expect(repairSchema({ handoffSchema: { type: 'array' } })).toEqual({});
  expect(repairSchema({ handoffSchema: true })).toEqual({});
  expect(repairSchema({})).toEqual({});
});
