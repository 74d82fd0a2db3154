type Schema = Readonly<Record<string, unknown>>;

/**
 * Keywords of strict schemas. Codex sends every schema as strict, for which OpenAI supports a part of JSON Schema: each
 * object lists all of its properties, requires them and allows no others.
 * https://platform.openai.com/docs/guides/structured-outputs
 */
const SUPPORTED = new Set([
  '$defs',
  '$ref',
  'additionalProperties',
  'anyOf',
  'const',
  'definitions',
  'description',
  'enum',
  'items',
  'properties',
  'required',
  'title',
  'type',
]);
/** Removed keywords. They only constrain values further; an answer that violates them is requested again later. */
const REMOVED = new Set([
  '$comment',
  '$id',
  '$schema',
  'default',
  'examples',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxItems',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'multipleOf',
  'pattern',
  'uniqueItems',
]);

/**
 * A strict schema whose values satisfy the given schema. Null if there is none: then only the prompt describes the
 * format.
 */
export function strictSchema(schema: unknown): Schema | null {
  const strict = strictPart(schema);
  return strict?.type === 'object' && strict.anyOf === undefined ? strict : null;
}

function strictPart(value: unknown): Schema | null {
  if (!isSchema(value)) return null;
  const entries = Object.entries(value).filter(([name]) => !REMOVED.has(name));
  if (entries.some(([name]) => !SUPPORTED.has(name))) return null;
  const parts: [string, unknown][] = [];
  for (const [name, part] of entries) {
    const strict = strictKeyword(name, part);
    if (strict === null) return null;
    parts.push([name, strict]);
  }
  const strict = Object.fromEntries(parts);
  return strict.type === 'object' || strict.properties !== undefined
    ? strictObject(strict)
    : strict;
}

function strictKeyword(name: string, part: unknown): unknown {
  switch (name) {
    case 'items':
      return strictPart(part);
    case 'anyOf': {
      const all = Array.isArray(part) ? part.map(strictPart) : [null];
      return all.includes(null) ? null : all;
    }
    case 'properties':
    case '$defs':
    case 'definitions':
      return isSchema(part) ? strictValues(part) : null;
    default:
      return part ?? null;
  }
}

function strictValues(parts: Schema): Schema | null {
  const strict = Object.entries(parts).map(([name, part]) => [name, strictPart(part)] as const);
  return strict.some(([, part]) => part === null) ? null : Object.fromEntries(strict);
}

/** Additional properties can be forbidden without violating the schema, but optional ones cannot be required. */
function strictObject(schema: Schema): Schema | null {
  const { properties, required, additionalProperties } = schema;
  if (!isSchema(properties) || isSchema(additionalProperties)) return null;
  const names = Object.keys(properties);
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name);
  if (!names.every(isRequired)) return null;
  return { ...schema, required: names, additionalProperties: false };
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
