import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import AjvDraft04 from 'ajv-draft-04';
import type { Connection } from '../workflow/schema.ts';

export type HandoffSchema = NonNullable<Connection['handoffSchema']>;

export type HandoffCheck = {
  /** What is wrong with a hand-off, one line per mistake; empty if it is valid. */
  readonly mistakesOf: (handoff: unknown) => string[];
};

/** Far more than any hand-off needs; the schema is also quoted in the agent's prompt. */
export const MAX_SCHEMA_LENGTH = 256 * 1024;
export const tooLong = `it is larger than ${MAX_SCHEMA_LENGTH / 1024} KB or too deeply nested`;

// Strict mode would refuse harmless extras such as "example"; formats are hints that we do not enforce.
const options = { strict: false, validateFormats: false } as const;

const drafts = [
  { names: /json-schema\.org\/(draft\/2020-12\/)?schema(#|$)/, dialect: Ajv2020 },
  { names: /json-schema\.org\/draft\/2019-09\/schema/, dialect: Ajv2019 },
  // Draft 6 has nothing that draft 7 reads in another way.
  { names: /json-schema\.org\/draft-0?[67]\/schema/, dialect: Ajv },
  // The package is a CommonJS module whose types describe its default export in the other way.
  { names: /json-schema\.org\/draft-0?4\/schema/, dialect: AjvDraft04.default },
] as const;

type Compiled = { ok: true; check: HandoffCheck } | { ok: false; message: string };

/**
 * Compiles the JSON schema of a structured hand-off in the draft that `$schema` names, 2020-12 without one.
 * `reportsAll`: report every mistake, not only the first. Compiling and checking can take forever: run both in a process
 * that can be killed (`checker.ts`).
 */
export function compileHandoffSchema(schema: HandoffSchema, reportsAll = true): Compiled {
  const text = schemaText(schema);
  if (text.length > MAX_SCHEMA_LENGTH) return { ok: false, message: tooLong };
  const { $schema, ...rest } = typeof schema === 'object' ? schema : { $schema: undefined };
  const draft = drafts.find(({ names }) => $schema === undefined || names.test(String($schema)));
  if (draft === undefined)
    return {
      ok: false,
      message: `"$schema" names ${JSON.stringify($schema)}, but only draft 4, 6, 7, 2019-09 and 2020-12 are supported`,
    };
  // Ajv's `$async` would turn every result into a promise, which would count as valid.
  const { $async: _, ...plain } = rest as Record<string, unknown>;
  try {
    // A schema with an id could replace another one, even the draft's own, so it gets a separate compiler.
    const isNamed = text.includes('"$id"') || text.includes('"id"');
    const compiler = isNamed ? newCompiler(draft, reportsAll) : sharedCompiler(draft, reportsAll);
    const validate = compiler.compile(typeof schema === 'object' ? plain : schema);
    const mistakesOf = (handoff: unknown) =>
      validate(handoff) === true ? [] : (validate.errors ?? []).map(describe);
    for (const sample of [null, '', 0, [], {}]) mistakesOf(sample);
    return { ok: true, check: { mistakesOf } };
  } catch (error) {
    if (error instanceof RangeError)
      return { ok: false, message: 'it is infinitely recursive or too deeply nested' };
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  } finally {
    // Otherwise every schema would be kept forever.
    for (const compiler of shared.values()) compiler.removeSchema(plain);
  }
}

type Draft = (typeof drafts)[number];
type Compiler = InstanceType<Draft['dialect']>;
const shared = new Map<string, Compiler>();

const newCompiler = ({ dialect }: Draft, reportsAll: boolean): Compiler =>
  new dialect({ ...options, allErrors: reportsAll });

/** Cached, because each compiler first compiles the schema of its draft. */
function sharedCompiler(draft: Draft, reportsAll: boolean): Compiler {
  const key = `${draft.names.source} ${reportsAll}`;
  const compiler = shared.get(key) ?? newCompiler(draft, reportsAll);
  shared.set(key, compiler);
  return compiler;
}

/** A schema as JSON. One that is nested too deeply to serialize becomes a text that exceeds the length limit. */
export function schemaText(schema: HandoffSchema): string {
  try {
    return JSON.stringify(schema);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return ' '.repeat(MAX_SCHEMA_LENGTH + 1);
  }
}

function describe(error: ErrorObject): string {
  const location = error.instancePath === '' ? 'the hand-off' : error.instancePath;
  return `${location} ${error.message ?? 'does not match the schema'}`;
}
