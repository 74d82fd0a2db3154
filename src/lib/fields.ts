export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a value from outside; of anything but an object there are none. */
export const fieldsOf = (value: unknown): Fields =>
  // Any object may be asked for any field.
  typeof value === 'object' && value !== null ? (value as Fields) : {};
