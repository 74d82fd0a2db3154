import type { Failure } from '../../session/events.ts';
import type { EngineContext } from '../context.ts';

type Read = ReturnType<NonNullable<EngineContext['readVariables']>>;

export function readVariables(context: EngineContext, names: readonly string[]): Read {
  return context.readVariables?.(names) ?? { values: {}, missing: names };
}

/** The names of missing variables, and how to set them; null if none is missing. Never contains a value. */
export function missingValues({
  missing,
  notice,
}: Pick<Read, 'missing' | 'notice'>): Failure | null {
  const [first] = missing;
  if (first === undefined) return null;
  const what = missing.length === 1 ? 'value' : 'values';
  return {
    code: 'variable_missing',
    message: `This machine has no ${what} for ${missing.join(', ')}.`,
    suggestion:
      notice ??
      `Write {"${first}": "…"} to variables.json in Cerevisor's home folder and make the file accessible only to you (chmod 600), or start Cerevisor with CEREVISOR_VARIABLE_${first} set.`,
  };
}
