type Schema = Readonly<Record<string, unknown>>;

/**
 * Codex sends every schema as a strict one, and OpenAI takes only a part of JSON Schema as that: each object lists all of
 * its fields, requires them and allows no others. https://platform.openai.com/docs/guides/structured-outputs
 */
const TAKEN = new Set([
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
/** They only say more about a value; without them the answer may be refused later, and is then asked for again. */
const LEFT_OUT = new Set([
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
 * A schema that OpenAI takes and whose values satisfy the given one. Null if there is none: the words of the prompt
 * have to do then.
 */
export function strictSchema(schema: unknown): Schema | null {
  const strict = strictPart(schema);
  return strict?.type === 'object' && strict.anyOf === undefined ? strict : null;
}

function strictPart(value: unknown): Schema | null {
  if (!isSchema(value)) return null;
  const entries = Object.entries(value).filter(([name]) => !LEFT_OUT.has(name));
  if (entries.some(([name]) => !TAKEN.has(name))) return null;
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

/** Without further fields it still fits; a field that may be left out would have to be made up. */
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
