import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import {
  acknowledgeSchema,
  answerRequestSchema,
  closeSchema,
  identifier,
  type RunnerError,
  type RunnerInfo,
} from '../../runtimes/local/protocol.ts';
import { startThreadSchema, startTurnSchema } from '../../runtimes/local/start-requests.ts';
import { failed, type Result } from '../threads/result.ts';
import { resumePrompt } from '../threads/resume-prompt.ts';
import type { Thread } from '../threads/thread.ts';
import type { ThreadRegistry } from '../threads/thread-registry.ts';
import { followResponse } from './follow-response.ts';

export type RunnerServices = {
  readonly threads: ThreadRegistry;
  readonly secret: string;
  readonly info: () => Promise<RunnerInfo>;
  readonly retire: () => Promise<void>;
  /** Stops all threads. The runner exits after the response was sent. */
  readonly stop: () => Promise<{ ended: number; survivors: string[] }>;
  readonly log: (message: string) => void;
};

/** Enough for a prompt with images. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The runner's API: see `runtimes/local/protocol.ts`. */
export function createRunnerApp(services: RunnerServices): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (isAuthorized(context.req.header('authorization'), services.secret)) return next();
    return respond(context, failed('unauthorized', 'The secret does not match this runner.'));
  });
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));
  app.onError((error, context) => {
    services.log(error.stack ?? error.message);
    return respond(context, failed('internal', `Something went wrong: ${error.message}`));
  });
  app.notFound((context) => respond(context, failed('not_found', 'There is no such address.')));
  addRunnerRoutes(app, services);
  addThreadRoutes(app, services);
  addTurnRoutes(app, services);
  return app;
}

function addRunnerRoutes(app: Hono, services: RunnerServices): void {
  app.get('/v1/runner', async (context) => context.json(await services.info()));
  app.post('/v1/retire', async (context) => {
    await services.retire();
    return context.json(await services.info());
  });
  app.post('/v1/stop', async (context) => context.json(await services.stop()));
}

function addThreadRoutes(app: Hono, { threads }: RunnerServices): void {
  app.get('/v1/threads', async (context) => context.json({ threads: await threads.list() }));
  app.put('/v1/threads/:threadId', async (context) => {
    const id = identifier.safeParse(context.req.param('threadId'));
    const body = await bodyOf(context, startThreadSchema);
    if (!id.success || body === null) return respond(context, INVALID_REQUEST);
    return respond(context, await threads.start(id.data, body));
  });
  app.get('/v1/threads/:threadId', (context) =>
    withThread(threads, context, async (thread) => {
      const view = thread.view();
      return view === null ? NOT_FOUND : { ok: true, value: view };
    }),
  );
  app.post('/v1/threads/:threadId/acknowledge', async (context) => {
    const body = await bodyOf(context, acknowledgeSchema);
    if (body === null) return respond(context, INVALID_REQUEST);
    return withThread(threads, context, (thread) => thread.acknowledge(body.upTo));
  });
  app.post('/v1/threads/:threadId/close', async (context) => {
    const body = await bodyOf(context, closeSchema);
    if (body === null) return respond(context, INVALID_REQUEST);
    return withThread(threads, context, (thread) => thread.close(body));
  });
}

function addTurnRoutes(app: Hono, { threads }: RunnerServices): void {
  const turn = '/v1/threads/:threadId/turns/:turnId' as const;
  app.put(turn, async (context) => {
    const body = await bodyOf(context, startTurnSchema);
    if (body === null || body.turn.turnId !== context.req.param('turnId'))
      return respond(context, INVALID_REQUEST);
    return withThread(threads, context, (thread) => thread.startTurn(body));
  });
  app.get(turn, (context) =>
    withThread(threads, context, async (thread) => {
      const view = thread.viewTurn(context.req.param('turnId'));
      return view === null ? NOT_FOUND : { ok: true, value: view };
    }),
  );
  app.post(`${turn}/cancel`, (context) =>
    withThread(threads, context, (thread) => thread.cancel(context.req.param('turnId'))),
  );
  app.post(`${turn}/requests/:requestId`, async (context) => {
    const body = await bodyOf(context, answerRequestSchema);
    if (body === null) return respond(context, INVALID_REQUEST);
    const { turnId, requestId } = context.req.param();
    return withThread(threads, context, (thread) => thread.answerRequest(turnId, requestId, body));
  });
  app.get(`${turn}/resume-prompt`, (context) =>
    withThread(threads, context, async (thread) => {
      const turnId = context.req.param('turnId');
      const prompt = await resumePrompt(thread.state, turnId, thread.log.read(0));
      return prompt === null ? NOT_FOUND : { ok: true, value: { prompt } };
    }),
  );
  app.get(`${turn}/items`, async (context) => {
    const result = await threadOf(threads, context);
    if (!result.ok) return respond(context, result);
    const turnId = context.req.param('turnId');
    const after = Number(context.req.query('after') ?? 0);
    if (!Number.isSafeInteger(after) || after < 0) return respond(context, INVALID_REQUEST);
    if (result.value.viewTurn(turnId) === null) return respond(context, NOT_FOUND);
    return followResponse(threads, result.value, { turnId, after });
  });
}

const INVALID_REQUEST = failed('invalid_request', 'The request is not valid.');
const NOT_FOUND = failed('not_found', 'There is no such thread or turn.');

async function withThread(
  threads: ThreadRegistry,
  context: Context,
  use: (thread: Thread) => Promise<Result<unknown>>,
): Promise<Response> {
  const result = await threadOf(threads, context);
  return respond(context, result.ok ? await use(result.value) : result);
}

async function threadOf(threads: ThreadRegistry, context: Context): Promise<Result<Thread>> {
  const id = identifier.safeParse(context.req.param('threadId'));
  return id.success ? threads.get(id.data) : INVALID_REQUEST;
}

/** Null when the body does not match the schema. */
async function bodyOf<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const json: unknown = await context.req.json().catch(() => null); // Invalid JSON fails the schema.
  return schema.safeParse(json).data ?? null;
}

const STATUS: Readonly<Record<RunnerError['code'], ContentfulStatusCode>> = {
  unauthorized: 401,
  invalid_request: 400,
  not_found: 404,
  conflict: 409,
  busy: 409,
  closed: 409,
  request_ended: 409,
  thread_elsewhere: 421,
  retiring: 503,
  stopping: 503,
  disk_full: 507,
  internal: 500,
};

const respond = (context: Context, value: Result<unknown>): Response =>
  value.ok
    ? context.json(value.value ?? {})
    : context.json({ error: value.error }, STATUS[value.error.code]);

/** Compares in constant time, so that the duration reveals nothing about the secret. */
function isAuthorized(header: string | undefined, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${secret}`));
}
