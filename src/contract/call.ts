import type { z } from '@hono/zod-openapi';
import { parseJson } from '../lib/json.ts';
import { CONTRACT_HEADER, CSRF_HEADER, type EndpointName, endpoints } from './endpoints.ts';
import { ApiError, parseErrorBody } from './errors.ts';
import { contractFingerprint } from './fingerprint.ts';
import type { routes } from './routes.ts';

/** How a client authenticates: programs by the token, a browser by its cookie and a CSRF token. */
export type Identity =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'cookie'; readonly csrfToken: () => string | null };

/** A request, as `fetch` takes it. */
export type RequestOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  readonly credentials?: 'same-origin';
};

/** The part of a `Response` that clients use. */
export type ApiResponse = {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null;
  text(): Promise<string>;
};

export type Connection = {
  /** `http://127.0.0.1:4780`; empty in a browser: the page's own origin. */
  readonly baseUrl: string;
  readonly identity: Identity;
  /** How requests are sent. Default: `fetch`. */
  readonly fetch?: (url: string, init: RequestOptions) => Promise<ApiResponse>;
};

type Routes = typeof routes;
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
type Defined<Parts> = {
  [Name in keyof Parts as Parts[Name] extends undefined ? never : Name]: Parts[Name];
};

/** The input of a route: those of `params`, `query` and `body` that it has. */
export type InputOf<Name extends EndpointName> = InputOfRoute<Routes[Name]>;
type InputOfRoute<Route> = Defined<{
  params: Part<Route, 'params'>;
  query: Part<Route, 'query'>;
  body: Json<Route>;
}>;

/** The parsed response of a route. */
export type ResponseOf<Name extends EndpointName> = ResponseOfRoute<Routes[Name]>;
type ResponseOfRoute<Route> = Route extends {
  responses: {
    200: { content: { 'application/json': { schema: infer Schema extends z.ZodType } } };
  };
}
  ? z.output<Schema>
  : never;

type Values = Readonly<Record<string, unknown>>;

/** Path and query of a request, with every value escaped. Lists are joined by commas. */
export function requestPath(path: string, params: Values = {}, query: Values = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, Array.isArray(value) ? value.join(',') : `${value}`);
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** Sends a request with this connection's identity. @throws ApiError if there is no response. */
export async function send(
  connection: Connection,
  path: string,
  init: Omit<RequestOptions, 'credentials'>,
): Promise<ApiResponse> {
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
      message: 'Cerevisor does not respond.',
      suggestion:
        'Start it with `cerevisor start`; `cerevisor status` shows whether it is running.',
    });
    error.cause = cause;
    throw error;
  }
}

/** The error of a response other than 2xx, whatever its body looks like. */
export async function errorFrom(answer: ApiResponse): Promise<ApiError> {
  return parseErrorBody(parseJson(await answer.text()), answer.status) ?? notCerevisor(answer);
}

/** Whether the daemon was built with our contract, so that its responses need not be checked. */
export const isSameBuild = (answer: ApiResponse): boolean =>
  contractFingerprint !== null && answer.headers.get(CONTRACT_HEADER) === contractFingerprint;

const notCerevisor = ({ status }: ApiResponse): ApiError =>
  new ApiError(status, {
    code: 'not_cerevisor',
    message: `The response (status ${status}) did not come from Cerevisor.`,
    suggestion: 'Check whether another program uses that port.',
  });

/** Calls one endpoint and reads its response. @throws ApiError for every response that is not a success. */
export async function call<Name extends EndpointName>(
  connection: Connection,
  name: Name,
  input: InputOf<Name>,
  signal?: AbortSignal,
): Promise<ResponseOf<Name>> {
  // `InputOf` has only these keys, which the compiler cannot derive for a generic route.
  const { params, query, body } = input as { params?: Values; query?: Values; body?: unknown };
  const { method, path } = endpoints[name];
  const answer = await send(connection, requestPath(path, params, query), {
    method: method.toUpperCase(),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!answer.ok) throw await errorFrom(answer);
  const json = parseJson(await answer.text());
  if (json === undefined) throw notCerevisor(answer);
  // The daemon was compiled with the type that `ResponseOf` names, or the schema of that type has validated it.
  if (isSameBuild(answer)) return json as ResponseOf<Name>;
  const { checkResponse } = await import('./check-response.ts');
  const checked = checkResponse(name, json);
  if (checked !== null) return checked as ResponseOf<Name>;
  throw new ApiError(answer.status, {
    code: 'other_version',
    message: 'The daemon sent a response in a format that this version does not know.',
    suggestion: 'Stop the daemon (`cerevisor stop`) and start it again with this version.',
  });
}
