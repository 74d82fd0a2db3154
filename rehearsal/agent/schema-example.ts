/** A JSON Schema, reduced to the keywords that matter for an example value. */
type Schema = Readonly<Record<string, unknown>>;

const maxDepth = 12;

/**
 * Returns a small value that satisfies a JSON Schema: the first choice of each alternative, the minimum of each length.
 */
export function exampleValue(schema: unknown): unknown {
  return build(asSchema(schema), asSchema(schema), 0);
}

function build(schema: Schema, root: Schema, depth: number): unknown {
  if (depth > maxDepth) return null;
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
  // Optional properties are included near the root only: deeper down they could recurse forever.
  const names = depth > 3 ? required : [...new Set([...required, ...Object.keys(properties)])];
  return Object.fromEntries(
    names.map((name) => [name, build(asSchema(properties[name]), root, depth + 1)]),
  );
}

function numberFor(schema: Schema, step: number): number {
  const multiple = numberOf(schema.multipleOf);
  const exclusive = numberOf(schema.exclusiveMinimum);
  let minimum = numberOf(schema.minimum) ?? 0;
  if (exclusive !== undefined) minimum = Math.max(minimum, exclusive + step);
  const maximum = numberOf(schema.maximum) ?? numberOf(schema.exclusiveMaximum);
  if (maximum !== undefined && minimum > maximum) minimum = maximum;
  if (maximum !== undefined && numberOf(schema.minimum) === undefined && maximum <= 0) {
    minimum = maximum - step;
  }
  return multiple === undefined ? minimum : Math.ceil(minimum / multiple) * multiple;
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
  const minimum = numberOf(schema.minLength) ?? 0;
  const maximum = numberOf(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  const text = format ?? (typeof schema.title === 'string' ? schema.title : 'rehearsed');
  return text.padEnd(minimum, '.').slice(0, maximum);
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

function distinct(value: unknown, index: number, mustBeUnique: boolean): unknown {
  if (!mustBeUnique || index === 0) return value;
  if (typeof value === 'number') return value + index;
  return typeof value === 'string' ? `${value}${index + 1}` : value;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

function without(schema: Schema, key: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}

/** `true`, `false` and anything that is not an object are treated as the empty schema. */
const asSchema = (value: unknown): Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
