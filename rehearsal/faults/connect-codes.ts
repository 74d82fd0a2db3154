/** Error codes of the Connect protocol, which the SDK's local mode uses, with their HTTP statuses. */
const statuses = {
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
} as const;

export type ConnectCode = keyof typeof statuses;

// The keys of an object literal are exactly those of its type.
export const connectCodes = Object.keys(statuses) as ConnectCode[];

export const isConnectCode = (text: string): text is ConnectCode => Object.hasOwn(statuses, text);

export const statusOfConnectCode = (code: ConnectCode): number => statuses[code];

/** Cursor's error numbers, as far as the SDK names them. */
export const errorNumbers = {
  BAD_API_KEY: 1,
  NOT_LOGGED_IN: 2,
  NOT_HIGH_ENOUGH_PERMISSIONS: 4,
  BAD_MODEL_NAME: 5,
  PRO_USER_RATE_LIMIT_EXCEEDED: 8,
  PRO_USER_USAGE_LIMIT: 10,
  RESOURCE_EXHAUSTED: 41,
  RATE_LIMITED: 50,
} as const;

export type ErrorName = keyof typeof errorNumbers;

// As above.
export const errorNames = Object.keys(errorNumbers) as ErrorName[];
