import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { parseInterruption } from '../agent/interruption.ts';
import { parsePrompt } from '../agent/prompt.ts';
import type { Environment, Handler } from '../api/routes.ts';
import { type EffectOf, type FaultPoint, modelStreamKinds } from '../faults/fault.ts';
import { withRequestFaults } from '../faults/request-faults.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { ModelTurnRecord } from '../store/model-turns.ts';
import { rejectUnknownModel } from './catalog.ts';
import type { Conversation } from './conversation.ts';
import { type Dialect, ModelApiError, type ModelError, type ModelRequest } from './dialect.ts';
import { ModelStreamFaults } from './model-faults.ts';
import { ModelStream } from './model-stream.ts';
import { nextReply } from './next-reply.ts';
import type { ModelReply } from './parts.ts';
import { recordOutcome, recordRequest } from './turn-records.ts';

/** Responds to requests for the next message of a model. */
export function serveModel(rehearsal: Rehearsal, dialect: Dialect): Handler {
  return async (context) => {
    const request = await requestOf(context);
    try {
      requireKey(context);
      const text = dialect.auxiliaryAnswer?.(request);
      if (text !== undefined)
        return await answerAuxiliary(rehearsal, dialect, context, { request, text });
      return await answer(rehearsal, dialect, context, dialect.read(request));
    } catch (error) {
      if (error instanceof ModelApiError) return errorResponse(dialect, error.error);
      throw error;
    }
  };
}

async function requestOf(context: Context<Environment>): Promise<ModelRequest> {
  const body: unknown = await context.req.json().catch(() => undefined); // The dialect reports the invalid body.
  return { body, header: (name) => context.req.header(name) };
}

/** Accepts any key. */
function requireKey(context: Context<Environment>): void {
  const key = context.req.header('x-api-key') ?? context.req.header('authorization') ?? '';
  if (key.replace(/^bearer\b/i, '').trim() !== '') return;
  throw new ModelApiError({ status: 401, message: 'Missing or invalid API key' });
}

async function answer(
  rehearsal: Rehearsal,
  dialect: Dialect,
  context: Context<Environment>,
  conversation: Conversation,
): Promise<Response> {
  const record = recordRequest(rehearsal, conversation);
  const faultPoint = faultPointOf(context, conversation);
  let isReached = false;
  const next = async () => {
    isReached = true;
    context.res = await reply(rehearsal, dialect, context, { conversation, record, faultPoint });
  };
  const faultResponse = await withRequestFaults(context, next, {
    registry: rehearsal.faults,
    faultPoint,
    errorResponse: (effect) => faultErrorResponse(dialect, effect),
  });
  if (!isReached) recordOutcome(rehearsal, record, { outcome: 'refused', calls: [] });
  return faultResponse ?? context.res;
}

function faultErrorResponse(dialect: Dialect, effect: EffectOf<'error'>): Response {
  const { status = 500, code, message = `Rehearsed fault: ${code}`, retryAfterSeconds } = effect;
  const error = { status, code, message };
  return errorResponse(
    dialect,
    retryAfterSeconds === undefined ? error : { ...error, retryAfterSeconds },
  );
}

type RecordedRequest = {
  readonly conversation: Conversation;
  readonly record: ModelTurnRecord;
  readonly faultPoint: FaultPoint;
};

async function reply(
  rehearsal: Rehearsal,
  dialect: Dialect,
  context: Context<Environment>,
  { conversation, record, faultPoint }: RecordedRequest,
): Promise<Response> {
  try {
    rejectUnknownModel(conversation.api, rehearsal, conversation.model);
  } catch (error) {
    if (!(error instanceof ModelApiError)) throw error;
    recordOutcome(rehearsal, record, { outcome: 'refused', calls: [], failure: error.message });
    return errorResponse(dialect, error.error);
  }
  const next = nextReply(conversation, dialect.toolbox(conversation), record.scripted);
  const calls = next.parts.flatMap((part) => (part.kind === 'call' ? [part.call.name] : []));
  const failure = next.failure === undefined ? {} : { failure: next.failure };
  if (next.failure !== undefined && next.parts.length === 0) {
    recordOutcome(rehearsal, record, { outcome: 'error', calls, ...failure });
    return errorResponse(dialect, failureError(next.failure));
  }
  if (!conversation.isStreamed) {
    recordOutcome(rehearsal, record, { outcome: 'whole', calls, ...failure });
    return Response.json(dialect.completeResponse(next, conversation));
  }
  const faults = new ModelStreamFaults(rehearsal.faults.fire(modelStreamKinds, faultPoint));
  const outcome = await stream(rehearsal, dialect, context, faults).send(
    framesOf(dialect, next, conversation),
  );
  recordOutcome(rehearsal, record, { outcome, calls, ...failure });
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

/** The parts before a failure are sent; the error replaces the end of the message. */
function* framesOf(dialect: Dialect, next: ModelReply, conversation: Conversation) {
  if (next.failure === undefined) return yield* dialect.frames(next, conversation);
  yield* dialect.framesBeforeEnd(next, conversation);
  yield dialect.errorFrame(failureError(next.failure));
}

const failureError = (message: string): ModelError => ({ status: 400, message });

/** Auxiliary requests are not part of the conversation, so faults and scripts do not apply to them. */
async function answerAuxiliary(
  rehearsal: Rehearsal,
  dialect: Dialect,
  context: Context<Environment>,
  { request, text }: { readonly request: ModelRequest; readonly text: string },
): Promise<Response> {
  const conversation = dialect.read(request);
  const usage = {
    inputTokens: 100,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 10,
    reasoningTokens: 0,
  };
  const auxiliaryReply: ModelReply = { parts: [{ kind: 'text', text }], usage };
  if (!conversation.isStreamed)
    return Response.json(dialect.completeResponse(auxiliaryReply, conversation));
  const faults = new ModelStreamFaults([]);
  await stream(rehearsal, dialect, context, faults).send(
    dialect.frames(auxiliaryReply, conversation),
  );
  return RESPONSE_ALREADY_SENT;
}

function faultPointOf(
  context: Context<Environment>,
  { turns, sessionKey }: Conversation,
): FaultPoint {
  const prompt = turns.at(-1)?.prompt ?? '';
  return {
    operation: 'askModel',
    method: 'POST',
    path: context.req.path,
    agentId: sessionKey,
    agentName: parsePrompt(parseInterruption(prompt)?.task ?? prompt).title,
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
