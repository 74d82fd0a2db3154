import { fromBinary } from '@bufbuild/protobuf';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { ApiError } from '../api/api-error.ts';
import { checkModel } from '../api/models.ts';
import type { Handler } from '../api/routes.ts';
import { localStreamKinds } from '../faults/fault.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { LocalStreamFaults } from './faults/local-stream-faults.ts';
import type { AgentRunRequest, UserMessage } from './proto/conversation_pb.ts';
import { BidiRequestIdSchema } from './proto/transport_pb.ts';
import { Client } from './stream/client.ts';
import { OutgoingStream, StreamClosedError } from './stream/outgoing-stream.ts';
import { beginTurn, type TurnHeaders } from './turn/begin-turn.ts';
import { lastTurnOf, type PastTurn } from './turn/history.ts';
import { runTurn } from './turn/run-turn.ts';
import { type TurnError, unaryError } from './wire/connect-error.ts';
import { firstMessage } from './wire/envelope.ts';

/** `RunSSE`: one attempt at a turn of an agent that runs on the client's machine, as a stream to the client. */
export function runLocal(rehearsal: Rehearsal): Handler {
  return async (context) => {
    const body = firstMessage(new Uint8Array(await context.req.arrayBuffer()));
    if (body === undefined) return unaryError('invalid_argument', 'The envelope is incomplete');
    const { requestId } = fromBinary(BidiRequestIdSchema, body);
    const headers: TurnHeaders = {
      requestId,
      originalRequestId: context.req.header('x-original-request-id'),
      allowedTools: context.req.header('x-cursor-agent-allowed-tools'),
      excludedTools: context.req.header('x-cursor-agent-exclude-tools'),
    };
    const stream = new OutgoingStream(context.env.outgoing, rehearsal.closing);
    try {
      await stream.end(await serve(rehearsal, stream, headers));
    } catch (error) {
      if (!(error instanceof StreamClosedError) && !stream.signal.aborted) {
        // An internal error: the client must not retry for minutes, and the reason must be visible.
        console.error(`The turn of request ${requestId} failed`, error);
        const message = `The rehearsal cloud failed: ${String(error)}`;
        await stream.end({
          code: 'internal',
          message,
          details: { detail: message, isRetryable: false },
        });
      }
    } finally {
      rehearsal.exchanges.close(requestId);
      stream.close();
    }
    return RESPONSE_ALREADY_SENT;
  };
}

async function serve(
  rehearsal: Rehearsal,
  stream: OutgoingStream,
  headers: TurnHeaders,
): Promise<TurnError | undefined> {
  const client = new Client(stream);
  const first = Promise.withResolvers<AgentRunRequest>();
  stream.signal.addEventListener('abort', () => first.reject(stream.signal.reason));
  rehearsal.exchanges.subscribe(headers.requestId, (message) => {
    if (message.message.case === 'runRequest') first.resolve(message.message.value);
    else client.receive(message);
  });
  const request = await first.promise;
  const last = await lastTurnOf(client, request.conversationState);
  const message = messageOf(request, last);
  if (message === undefined) {
    return refusal('invalid_argument', 'There is no message, and no turn to continue');
  }
  const turn = beginTurn(rehearsal, request, message, headers);
  const { agentId, runId, title } = turn.record;
  const faultPoint = { operation: 'runLocal', agentId, agentName: title } as const;
  const faults = new LocalStreamFaults(rehearsal.faults.fire(localStreamKinds, faultPoint));
  stream.setFaults(faults);
  const { localTurns } = rehearsal.store;
  try {
    const setting = { rehearsal, request, headers, client, stream, faults, turn, last };
    const error = unknownModel(rehearsal, request) ?? (await runTurn(setting));
    if (error !== undefined) {
      const endedAtMs = rehearsal.clock.now();
      localTurns.update(agentId, runId, { status: 'ERROR', error: error.message, endedAtMs });
    }
    return error;
  } finally {
    const status = localTurns.find(agentId, runId)?.status;
    if (status === 'RUNNING') localTurns.update(agentId, runId, { status: 'DISCONNECTED' });
  }
}

/** The user message of the turn: the one in the request, or that of the latest turn in the checkpoint. */
function messageOf(request: AgentRunRequest, last: PastTurn | undefined): UserMessage | undefined {
  const action = request.action?.action;
  return action?.case === 'userMessageAction' ? action.value.userMessage : last?.userMessage;
}

function unknownModel(
  { options }: Rehearsal,
  { requestedModel }: AgentRunRequest,
): TurnError | undefined {
  if (requestedModel === undefined || requestedModel.modelId === '') return undefined;
  const { modelId: id, parameters: params } = requestedModel;
  try {
    checkModel(options, { id, params }, 'invalid_model');
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return {
      code: 'invalid_argument',
      message: error.message,
      details: {
        error: 'BAD_MODEL_NAME',
        title: 'Bad model.',
        detail: error.message,
        isRetryable: false,
      },
    };
  }
}

const refusal = (code: TurnError['code'], message: string): TurnError => ({
  code,
  message,
  details: { detail: message, isRetryable: false },
});
