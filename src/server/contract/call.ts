import type { RouteConfig, z } from '@hono/zod-openapi';
import { ApiError } from './errors.ts';
import { CSRF_HEADER } from './routes.ts';
import { errorBodySchema } from './views.ts';

/** How a client proves who it is: programs by the token, a browser by its cookie and a CSRF token. */
export type Identity =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'cookie'; readonly csrfToken: () => string | null };

export type Connection = {
  /** `http://127.0.0.1:4780`; empty in a browser: the page's own origin. */
  readonly baseUrl: string;
  readonly identity: Identity;
  readonly fetch?: typeof fetch;
};

type Part<Route, Name extends string> = Route extends { request: Record<Name, infer Schema> }
  ? Schema extends z.ZodType
    ? z.input<Schema>
    : undefined
  : undefined;
type Json<Route> = Route extends {
  request: {
    body: { content: { 'application/json': { schema: infer Schema extends z.ZodType } } };
  };
}
  ? z.input<Schema>
  : undefined;
type Wanted<Parts> = {
  [Name in keyof Parts as Parts[Name] extends undefined ? never : Name]: Parts[Name];
};

/** What a route takes: `params`, `query` and `body`, as far as it has them. */
export type InputOf<Route> = Wanted<{
  params: Part<Route, 'params'>;
  query: Part<Route, 'query'>;
  body: Json<Route>;
}>;

/** What a route answers with, parsed. */
export type AnswerOf<Route> = Route extends {
  responses: {
    200: { content: { 'application/json': { schema: infer Schema extends z.ZodType } } };
  };
}
  ? z.output<Schema>
  : never;

type Values = Readonly<Record<string, unknown>>;

/** Path and query of a request, with every value escaped. Lists are joined by commas. */
export function address(path: string, params: Values = {}, query: Values = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, Array.isArray(value) ? value.join(',') : `${value}`);
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** Sends a request with this connection's identity. @throws ApiError when no answer comes. */
export async function send(
  connection: Connection,
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal },
): Promise<Response> {
  const { identity } = connection;
  const headers: Record<string, string> = { ...init.headers };
  if (identity.kind === 'token') headers.authorization = `Bearer ${identity.token}`;
  else headers[CSRF_HEADER] = identity.csrfToken() ?? '';
  const request = connection.fetch ?? fetch;
  try {
    return await request(`${connection.baseUrl}${path}`, {
      ...init,
      headers,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    const error = new ApiError(0, {
      code: 'daemon_unreachable',
      message: 'Cerevisor does not answer.',
      suggestion: 'Start it with `cerevisor start`; `cerevisor status` shows whether it runs.',
    });
    error.cause = cause;
    throw error;
  }
}

/** The error that an answer other than 2xx carries, whatever its body looks like. */
export async function errorOf(response: Response): Promise<ApiError> {
  const parsed = errorBodySchema.safeParse(jsonOf(await response.text()));
  return parsed.success ? new ApiError(response.status, parsed.data.error) : foreign(response);
}

/** Undefined when it is no JSON: a proxy or another program may sit on that port. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const foreign = ({ status }: Response): ApiError =>
  new ApiError(status, {
    code: 'not_cerevisor',
    message: `Got an answer (${status}) that does not come from Cerevisor.`,
    suggestion: 'Check whether another program uses that port.',
  });

/** Calls one route and parses its answer. @throws ApiError for every answer that is no success. */
export async function call<Route extends RouteConfig>(
  connection: Connection,
  route: Route,
  input: InputOf<Route>,
  signal?: AbortSignal,
): Promise<AnswerOf<Route>> {
  // `InputOf` has exactly these keys where the route has them; the compiler cannot see it for a generic route.
  const { params, query, body } = input as { params?: Values; query?: Values; body?: unknown };
  const response = await send(connection, address(route.path, params, query), {
    method: route.method.toUpperCase(),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await errorOf(response);
  // Every JSON route is built by `answers(schema)`: its schema is the very type that `AnswerOf` infers.
  const { content } = route.responses[200] as {
    content: { 'application/json': { schema: z.ZodType<AnswerOf<Route>> } };
  };
  const { schema } = content['application/json'];
  const text = await response.text();
  const json = jsonOf(text);
  if (json === undefined) throw foreign(response);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ApiError(response.status, {
    code: 'other_version',
    message: 'The answer of the daemon has a shape that this version does not know.',
    suggestion: 'Stop the daemon (`cerevisor stop`) and start it again with this version.',
  });
}
