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
import { type Answer, refusal } from '../threads/refusal.ts';
import type { Thread } from '../threads/thread.ts';
import type { ThreadRegistry } from '../threads/thread-registry.ts';
import { resumePromptOf } from '../threads/thread-resume.ts';
import { followResponse } from './follow-response.ts';

export type RunnerServices = {
  readonly threads: ThreadRegistry;
  readonly secret: string;
  readonly info: () => Promise<RunnerInfo>;
  readonly retire: () => Promise<void>;
  /** Ends all threads; the runner itself ends once this was answered. */
  readonly stop: () => Promise<{ ended: number; survivors: string[] }>;
  readonly say: (message: string) => void;
};

/** A prompt with pictures, and no more than that. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** The runner's API: see `runtimes/local/protocol.ts`. */
export function createRunnerApp(services: RunnerServices): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (isAllowed(context.req.header('authorization'), services.secret)) return next();
    return answer(context, refusal('unauthorized', 'The secret does not match this runner.'));
  });
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));
  app.onError((error, context) => {
    services.say(error.stack ?? error.message);
    return answer(context, refusal('internal', `Something went wrong: ${error.message}`));
  });
  app.notFound((context) => answer(context, refusal('not_found', 'There is no such address.')));
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
    if (!id.success || body === null) return answer(context, UNREADABLE);
    return answer(context, await threads.start(id.data, body));
  });
  app.get('/v1/threads/:threadId', (context) =>
    withThread(threads, context, async (thread) => {
      const view = thread.view();
      return view === null ? UNKNOWN : { ok: true, value: view };
    }),
  );
  app.post('/v1/threads/:threadId/acknowledge', async (context) => {
    const body = await bodyOf(context, acknowledgeSchema);
    if (body === null) return answer(context, UNREADABLE);
    return withThread(threads, context, (thread) => thread.acknowledge(body.upTo));
  });
  app.post('/v1/threads/:threadId/close', async (context) => {
    const body = await bodyOf(context, closeSchema);
    if (body === null) return answer(context, UNREADABLE);
    return withThread(threads, context, (thread) => thread.close(body.removeWorktree));
  });
}

function addTurnRoutes(app: Hono, { threads }: RunnerServices): void {
  const turn = '/v1/threads/:threadId/turns/:turnId' as const;
  app.put(turn, async (context) => {
    const body = await bodyOf(context, startTurnSchema);
    if (body === null || body.turn.turnId !== context.req.param('turnId'))
      return answer(context, UNREADABLE);
    return withThread(threads, context, (thread) => thread.startTurn(body));
  });
  app.get(turn, (context) =>
    withThread(threads, context, async (thread) => {
      const view = thread.viewTurn(context.req.param('turnId'));
      return view === null ? UNKNOWN : { ok: true, value: view };
    }),
  );
  app.post(`${turn}/cancel`, (context) =>
    withThread(threads, context, (thread) => thread.cancel(context.req.param('turnId'))),
  );
  app.post(`${turn}/requests/:requestId`, async (context) => {
    const body = await bodyOf(context, answerRequestSchema);
    if (body === null) return answer(context, UNREADABLE);
    const { turnId, requestId } = context.req.param();
    return withThread(threads, context, (thread) => thread.answerRequest(turnId, requestId, body));
  });
  app.get(`${turn}/resume-prompt`, (context) =>
    withThread(threads, context, async (thread) => {
      const prompt = await resumePromptOf(thread, context.req.param('turnId'));
      return prompt === null ? UNKNOWN : { ok: true, value: { prompt } };
    }),
  );
  app.get(`${turn}/items`, async (context) => {
    const found = await threadOf(threads, context);
    if (!found.ok) return answer(context, found);
    const turnId = context.req.param('turnId');
    const after = Number(context.req.query('after') ?? 0);
    if (!Number.isSafeInteger(after) || after < 0) return answer(context, UNREADABLE);
    if (found.value.viewTurn(turnId) === null) return answer(context, UNKNOWN);
    return followResponse(threads, found.value, { turnId, after });
  });
}

const UNREADABLE = refusal('invalid_request', 'The request is not valid.');
const UNKNOWN = refusal('not_found', 'There is no such thread or turn.');

async function withThread(
  threads: ThreadRegistry,
  context: Context,
  use: (thread: Thread) => Promise<Answer<unknown>>,
): Promise<Response> {
  const found = await threadOf(threads, context);
  return answer(context, found.ok ? await use(found.value) : found);
}

async function threadOf(threads: ThreadRegistry, context: Context): Promise<Answer<Thread>> {
  const id = identifier.safeParse(context.req.param('threadId'));
  return id.success ? threads.get(id.data) : UNREADABLE;
}

/** Null when it is not what the schema says. */
async function bodyOf<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const json: unknown = await context.req.json().catch(() => null); // No JSON: the schema refuses it.
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

const answer = (context: Context, value: Answer<unknown>): Response =>
  value.ok
    ? context.json(value.value ?? {})
    : context.json({ error: value.error }, STATUS[value.error.code]);

/** In constant time: how much of the secret is right must not show. */
function isAllowed(header: string | undefined, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${secret}`));
}
