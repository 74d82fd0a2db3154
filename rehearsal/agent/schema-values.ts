/** JSON Schema, as far as an answer has to be made up from it. */
type Schema = Readonly<Record<string, unknown>>;

const deepest = 12;

/** A small value that satisfies a JSON Schema: first choice of every alternative, shortest of every length. */
export function valueFor(schema: unknown): unknown {
  return build(asSchema(schema), asSchema(schema), 0);
}

function build(schema: Schema, root: Schema, depth: number): unknown {
  if (depth > deepest) return null;
  const { $ref } = schema;
  if (typeof $ref === 'string') return build(resolve($ref, root), root, depth + 1);
  if ('const' in schema) return schema.const;
  for (const key of ['enum', 'examples'] as const) {
    const values = schema[key];
    if (Array.isArray(values) && values.length > 0) return values[0];
  }
  if ('default' in schema) return schema.default;
  for (const key of ['oneOf', 'anyOf'] as const) {
    const choices = schema[key];
    if (Array.isArray(choices) && choices.length > 0) {
      return build({ ...without(schema, key), ...asSchema(choices[0]) }, root, depth + 1);
    }
  }
  if (Array.isArray(schema.allOf)) {
    return build(merged(without(schema, 'allOf'), schema.allOf, root), root, depth + 1);
  }
  return buildTyped(typeOf(schema), schema, root, depth);
}

function buildTyped(type: string, schema: Schema, root: Schema, depth: number): unknown {
  switch (type) {
    case 'object':
      return objectFor(schema, root, depth);
    case 'array': {
      const length = numberOf(schema.minItems) ?? 0;
      const items = asSchema(schema.items);
      return Array.from({ length }, (_, index) =>
        distinct(build(items, root, depth + 1), index, schema.uniqueItems === true),
      );
    }
    case 'integer':
      return numberFor(schema, 1);
    case 'number':
      return numberFor(schema, 0.5);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringFor(schema);
  }
}

function objectFor(schema: Schema, root: Schema, depth: number): Record<string, unknown> {
  const properties = asSchema(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  // Optional properties show more of the shape, but far down they could recurse forever.
  const names = depth > 3 ? required : [...new Set([...required, ...Object.keys(properties)])];
  return Object.fromEntries(
    names.map((name) => [name, build(asSchema(properties[name]), root, depth + 1)]),
  );
}

function numberFor(schema: Schema, step: number): number {
  const multiple = numberOf(schema.multipleOf);
  const exclusive = numberOf(schema.exclusiveMinimum);
  let least = numberOf(schema.minimum) ?? 0;
  if (exclusive !== undefined) least = Math.max(least, exclusive + step);
  const most = numberOf(schema.maximum) ?? numberOf(schema.exclusiveMaximum);
  if (most !== undefined && least > most) least = most;
  if (most !== undefined && numberOf(schema.minimum) === undefined && most <= 0) {
    least = most - step;
  }
  return multiple === undefined ? least : Math.ceil(least / multiple) * multiple;
}

const formats: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'date-time': '2026-01-01T00:00:00.000Z',
    date: '2026-01-01',
    time: '00:00:00Z',
    email: 'agent@rehearsal.invalid',
    uri: 'https://rehearsal.invalid/',
    url: 'https://rehearsal.invalid/',
    uuid: '00000000-0000-4000-8000-000000000000',
    hostname: 'rehearsal.invalid',
    ipv4: '127.0.0.1',
  }),
);

function stringFor(schema: Schema): string {
  const format = formats.get(String(schema.format));
  const least = numberOf(schema.minLength) ?? 0;
  const most = numberOf(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  const text = format ?? (typeof schema.title === 'string' ? schema.title : 'rehearsed');
  return text.padEnd(least, '.').slice(0, most);
}

function typeOf(schema: Schema): string {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return String(type.find((one) => one !== 'null') ?? 'null');
  if ('properties' in schema || 'required' in schema) return 'object';
  return 'items' in schema ? 'array' : 'string';
}

function merged(schema: Schema, parts: readonly unknown[], root: Schema): Schema {
  const schemas = [schema, ...parts].map((part) => {
    const { $ref } = asSchema(part);
    return typeof $ref === 'string' ? resolve($ref, root) : asSchema(part);
  });
  return {
    ...Object.assign({}, ...schemas),
    properties: Object.assign({}, ...schemas.map(({ properties }) => asSchema(properties))),
    required: schemas.flatMap(({ required }) => listOf(required)),
  };
}

function resolve(reference: string, root: Schema): Schema {
  if (!reference.startsWith('#')) return {};
  return reference
    .slice(1)
    .split('/')
    .filter((part) => part !== '')
    .reduce<Schema>(
      (schema, part) => asSchema(schema[part.replaceAll('~1', '/').replaceAll('~0', '~')]),
      root,
    );
}

function distinct(value: unknown, index: number, isWanted: boolean): unknown {
  if (!isWanted || index === 0) return value;
  if (typeof value === 'number') return value + index;
  return typeof value === 'string' ? `${value}${index + 1}` : value;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

function without(schema: Schema, key: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}

/** `true`, `false` and anything that is no object allow every value here. */
const asSchema = (value: unknown): Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
