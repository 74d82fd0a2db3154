export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a value from outside; none if it is not an object. */
export const fieldsOf = (value: unknown): Fields =>
  // Reading a field that an object does not have gives undefined, which `unknown` includes.
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** An object that is no array. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
