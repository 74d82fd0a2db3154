import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

export type Checked =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly problem: string };

/** An answer that has to be JSON by a schema. What stands around the JSON is cut off. */
export function checkAnswer(text: string, schema: Readonly<Record<string, unknown>>): Checked {
  const value = jsonIn(text);
  if (value === undefined) return { ok: false, problem: 'It is not JSON.' };
  const validate = validatorOf(schema);
  if (validate !== null && !validate(value)) {
    const [error] = validate.errors ?? [];
    const place = error?.instancePath || 'The answer';
    return { ok: false, problem: `${place} ${error?.message ?? 'does not satisfy the schema'}.` };
  }
  return { ok: true, json: JSON.stringify(value) };
}

function jsonIn(text: string): unknown {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)?.[1];
  for (const candidate of [
    text,
    fenced,
    text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1),
  ]) {
    try {
      if (candidate !== undefined && candidate !== '') return JSON.parse(candidate);
    } catch {
      // The next one, then.
    }
  }
  return undefined;
}

/** Null for a schema that cannot be used here; whoever asked for the answer checks it again. */
function validatorOf(schema: Readonly<Record<string, unknown>>): ValidateFunction | null {
  const Validator = /2020-12/.test(String(schema.$schema ?? '2020-12')) ? Ajv2020 : Ajv;
  try {
    return new Validator({ strict: false, validateFormats: false }).compile(schema);
  } catch {
    return null;
  }
}
