import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

export type CheckResult =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly problem: string };

/** Checks an answer against a schema. Text around the JSON is removed. */
export function checkAnswer(text: string, schema: Readonly<Record<string, unknown>>): CheckResult {
  const value = parseJsonIn(text);
  if (value === undefined) return { ok: false, problem: 'It is not JSON.' };
  const validate = validatorOf(schema);
  if (validate !== null && !validate(value)) {
    const [error] = validate.errors ?? [];
    const location = error?.instancePath || 'The answer';
    return {
      ok: false,
      problem: `${location} ${error?.message ?? 'does not satisfy the schema'}.`,
    };
  }
  return { ok: true, json: JSON.stringify(value) };
}

function parseJsonIn(text: string): unknown {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)?.[1];
  for (const candidate of [
    text,
    fenced,
    text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1),
  ]) {
    try {
      if (candidate !== undefined && candidate !== '') return JSON.parse(candidate);
    } catch {
      // Try the next candidate.
    }
  }
  return undefined;
}

/** Null for a schema that cannot be compiled; the caller of the turn validates the answer again. */
function validatorOf(schema: Readonly<Record<string, unknown>>): ValidateFunction | null {
  const Validator = /2020-12/.test(String(schema.$schema ?? '2020-12')) ? Ajv2020 : Ajv;
  try {
    return new Validator({ strict: false, validateFormats: false }).compile(schema);
  } catch {
    return null;
  }
}
