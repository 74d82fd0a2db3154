import type { OpenAPIHono } from '@hono/zod-openapi';
import type { EventStreams } from './event-stream.ts';
import type { Security } from './security/gate.ts';
import type { Services } from './services.ts';
import type { SessionReader } from './session-reader.ts';
import type { StatusReader } from './status.ts';

/** The objects that the route handlers use. */
export type RouteDependencies = {
  readonly services: Services;
  readonly security: Security;
  readonly sessions: SessionReader;
  readonly status: StatusReader;
  readonly streams: EventStreams;
  /** Address of the app, such as `http://127.0.0.1:4780`. */
  readonly address: string;
};

export type App = OpenAPIHono;
