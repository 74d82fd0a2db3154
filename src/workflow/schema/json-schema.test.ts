import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { formatWorkflow } from '../format.ts';
import { parseWorkflow } from '../parse.ts';
import { workflowJsonSchema } from './json-schema.ts';
import { WORKFLOW_SCHEMA_URL } from './schema-url.ts';

const check = new Ajv({ strict: false }).compile(workflowJsonSchema());
const examples = join(import.meta.dirname, '../../../examples');
const names = readdirSync(examples).filter((name) => name.endsWith('.cerevisor'));
const minimal = { version: '1.0', id: 'x', name: 'X', agents: [] };

describe('the JSON Schema for editors', () => {
  test.each(names)('accepts %s, which refers to it', (name) => {
    const document = JSON.parse(readFileSync(join(examples, name), 'utf8'));
    expect(document.$schema).toBe(WORKFLOW_SCHEMA_URL);
    check(document);
    expect(check.errors).toBeNull();
  });

  test('requires no more than parsing does, and allows unknown fields', () => {
    expect(check({ ...minimal, ours: { not: 'known' } })).toBe(true);
    expect(parseWorkflow(JSON.stringify(minimal)).ok).toBe(true);
  });

  test.each([
    ['no agents', { version: '1.0', id: 'x', name: 'X' }],
    ['another version', { ...minimal, version: '7' }],
    [
      'an unknown flow type',
      { ...minimal, connections: [{ source: 'a', target: 'b', flowType: 'never' }] },
    ],
    ['an unknown isolation', { ...minimal, settings: { local: { isolation: 'container' } } }],
    ['an unknown permission', { ...minimal, settings: { permissions: { network: 'maybe' } } }],
    [
      'a loop without a round',
      { ...minimal, agents: [{ id: 'a', name: 'A', loop: { maxIterations: 0 } }] },
    ],
    ['text for a switch', { ...minimal, settings: { cloud: { autoCreatePR: 'yes' } } }],
  ])('refuses %s, as reading a file does', (_, document) => {
    expect(check(document)).toBe(false);
    expect(parseWorkflow(JSON.stringify(document)).ok).toBe(false);
  });
});

test('a file keeps its $schema in place when something else is changed', () => {
  const text = `{\n  "$schema": "${WORKFLOW_SCHEMA_URL}",\n  "version": "1.0",\n  "id": "x",\n  "name": "Old",\n  "agents": []\n}\n`;
  const parsed = parseWorkflow(text);
  if (!parsed.ok) throw new Error('It can be read.');
  expect(parsed.workflow.$schema).toBe(WORKFLOW_SCHEMA_URL);
  expect(formatWorkflow({ ...parsed.workflow, name: 'New' }, text)).toBe(
    text.replace('Old', 'New'),
  );
});
