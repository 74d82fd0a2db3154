import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Connection } from './schema.ts';

export type HandoffSchema = NonNullable<Connection['handoffSchema']>;

export type HandoffCheck = {
  /** What is wrong with a hand-off, one line per mistake; empty when it fits. */
  readonly mistakesOf: (handoff: unknown) => string[];
};

// Strict mode would refuse harmless extras such as "example"; formats are hints that we do not enforce.
const options = { strict: false, allErrors: true, validateFormats: false } as const;
const current = new Ajv2020(options);
const draft7 = new Ajv(options);

/** Compiles the JSON schema of a structured hand-off (2020-12, or draft 7 when `$schema` says so). */
export function compileHandoffSchema(
  schema: HandoffSchema,
): { ok: true; check: HandoffCheck } | { ok: false; message: string } {
  const ajv = isDraft7(schema) ? draft7 : current;
  try {
    const validate = ajv.compile(schema);
    const mistakesOf = (handoff: unknown) =>
      validate(handoff) ? [] : (validate.errors ?? []).map(describe);
    return { ok: true, check: { mistakesOf } };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  } finally {
    // Otherwise a second schema with the same `$id` would be refused, and every schema be kept for ever.
    if (typeof schema === 'object') ajv.removeSchema(schema);
  }
}

function isDraft7(schema: HandoffSchema): boolean {
  if (typeof schema !== 'object') return false;
  const { $schema } = schema;
  return typeof $schema === 'string' && /draft-0[67]/.test($schema);
}

function describe(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'the hand-off' : error.instancePath;
  return `${place} ${error.message ?? 'does not fit the schema'}`;
}
