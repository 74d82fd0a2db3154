import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { readInterruption } from '../agent/interruption.ts';
import { readPrompt } from '../agent/prompt.ts';
import type { Environment, Handler } from '../api/routes.ts';
import { modelStreamKinds, type Occasion } from '../faults/fault.ts';
import { withRequestFaults } from '../faults/request-faults.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { ModelTurnRecord } from '../store/model-turns.ts';
import { refuseUnknownModel } from './catalog.ts';
import type { Conversation } from './conversation.ts';
import { type Dialect, type ModelError, ModelRefusal, type ModelRequest } from './dialect.ts';
import { ModelStreamFaults } from './model-faults.ts';
import { ModelStream } from './model-stream.ts';
import { nextReply } from './next-reply.ts';
import type { ModelReply } from './parts.ts';
import { noteOutcome, noteRequest } from './turn-records.ts';

/** Answers requests for the next message of a model. */
export function serveModel(rehearsal: Rehearsal, dialect: Dialect): Handler {
  return async (context) => {
    const request = await requestOf(context);
    try {
      requireKey(context);
      const side = dialect.sideAnswer?.(request);
      if (side !== undefined) return await answerAside(rehearsal, dialect, context, request, side);
      return await answer(rehearsal, dialect, context, dialect.read(request));
    } catch (error) {
      if (error instanceof ModelRefusal) return errorResponse(dialect, error.error);
      throw error;
    }
  };
}

async function requestOf(context: Context<Environment>): Promise<ModelRequest> {
  const body: unknown = await context.req.json().catch(() => undefined); // The dialect refuses it properly.
  return { body, header: (name) => context.req.header(name) };
}

/** Any key is good. */
function requireKey(context: Context<Environment>): void {
  const key = context.req.header('x-api-key') ?? context.req.header('authorization') ?? '';
  if (key.replace(/^bearer\b/i, '').trim() !== '') return;
  throw new ModelRefusal({ status: 401, message: 'Missing or invalid API key' });
}

async function answer(
  rehearsal: Rehearsal,
  dialect: Dialect,
  context: Context<Environment>,
  conversation: Conversation,
): Promise<Response> {
  const record = noteRequest(rehearsal, conversation);
  const occasion = occasionOf(context, conversation);
  let isReached = false;
  const next = async () => {
    isReached = true;
    context.res = await reply(rehearsal, dialect, context, { conversation, record, occasion });
  };
  const instead = await withRequestFaults(context, next, rehearsal.faults, occasion, (effect) =>
    errorResponse(dialect, {
      status: effect.status ?? 500,
      code: effect.code,
      message: effect.message ?? `Rehearsed fault: ${effect.code}`,
      ...(effect.retryAfterSeconds === undefined
        ? {}
        : { retryAfterSeconds: effect.retryAfterSeconds }),
    }),
  );
  if (!isReached) noteOutcome(rehearsal, record, { outcome: 'refused', calls: [] });
  return instead ?? context.res;
}

type Asked = {
  readonly conversation: Conversation;
  readonly record: ModelTurnRecord;
  readonly occasion: Occasion;
};

async function reply(
  rehearsal: Rehearsal,
  dialect: Dialect,
  context: Context<Environment>,
  { conversation, record, occasion }: Asked,
): Promise<Response> {
  try {
    refuseUnknownModel(conversation.api, rehearsal, conversation.model);
  } catch (error) {
    if (!(error instanceof ModelRefusal)) throw error;
    noteOutcome(rehearsal, record, { outcome: 'refused', calls: [], failure: error.message });
    return errorResponse(dialect, error.error);
  }
  const next = nextReply(conversation, dialect.toolbox(conversation), record.scripted);
  const calls = next.parts.flatMap((part) => (part.kind === 'call' ? [part.call.name] : []));
  const failure = next.failure === undefined ? {} : { failure: next.failure };
  if (next.failure !== undefined && next.parts.length === 0) {
    noteOutcome(rehearsal, record, { outcome: 'error', calls, ...failure });
    return errorResponse(dialect, failureError(next.failure));
  }
  if (!conversation.isStreamed) {
    noteOutcome(rehearsal, record, { outcome: 'whole', calls, ...failure });
    return Response.json(dialect.whole(next, conversation));
  }
  const faults = new ModelStreamFaults(rehearsal.faults.take(modelStreamKinds, occasion));
  const outcome = await stream(rehearsal, dialect, context, faults).send(
    framesOf(dialect, next, conversation),
  );
  noteOutcome(rehearsal, record, { outcome, calls, ...failure });
  return RESPONSE_ALREADY_SENT;
}

function stream(
  rehearsal: Rehearsal,
  dialect: Dialect,
  context: Context<Environment>,
  faults: ModelStreamFaults,
): ModelStream {
  const { clock, options, closing } = rehearsal;
  const response = context.env.outgoing;
  return new ModelStream({
    response,
    dialect,
    faults,
    clock,
    paceMs: options.paceMs,
    closing,
  });
}

/** What was said before a failure arrives; the error replaces the message's end. */
function* framesOf(dialect: Dialect, next: ModelReply, conversation: Conversation) {
  if (next.failure === undefined) return yield* dialect.frames(next, conversation);
  yield* dialect.startFrames(next, conversation);
  yield dialect.errorFrame(failureError(next.failure));
}

const failureError = (message: string): ModelError => ({ status: 400, message });

/** Requests next to the conversation are no steps of it: no fault and no script is about them. */
async function answerAside(
  rehearsal: Rehearsal,
  dialect: Dialect,
  context: Context<Environment>,
  request: ModelRequest,
  text: string,
): Promise<Response> {
  const conversation = dialect.read(request);
  const usage = {
    inputTokens: 100,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 10,
    reasoningTokens: 0,
  };
  const aside: ModelReply = { parts: [{ kind: 'text', text }], usage };
  if (!conversation.isStreamed) return Response.json(dialect.whole(aside, conversation));
  const faults = new ModelStreamFaults([]);
  await stream(rehearsal, dialect, context, faults).send(dialect.frames(aside, conversation));
  return RESPONSE_ALREADY_SENT;
}

function occasionOf(context: Context<Environment>, { turns, sessionKey }: Conversation): Occasion {
  const prompt = turns.at(-1)?.prompt ?? '';
  return {
    operation: 'askModel',
    method: 'POST',
    path: context.req.path,
    agentId: sessionKey,
    agentName: readPrompt(readInterruption(prompt)?.task ?? prompt).title,
  };
}

function errorResponse(
  dialect: Dialect,
  error: ModelError & { readonly retryAfterSeconds?: number },
): Response {
  const { retryAfterSeconds } = error;
  const headers =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return Response.json(dialect.errorBody(error), { status: error.status, headers });
}
