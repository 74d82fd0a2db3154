import { randomUUID } from 'node:crypto';
import { parsePromptInConversation } from '../../agent/conversation-prompt.ts';
import { type Interruption, parseInterruption } from '../../agent/interruption.ts';
import type { ParsedPrompt } from '../../agent/prompt.ts';
import type { Rehearsal } from '../../rehearsal.ts';
import type { LocalTurnRecord } from '../../store/local-turns.ts';
import type { AgentRunRequest, UserMessage } from '../proto/conversation_pb.ts';

/** Headers of the request for a stream. */
export type TurnHeaders = {
  readonly requestId: string;
  /** The same for all attempts at a turn. */
  readonly originalRequestId: string | undefined;
  readonly allowedTools: string | undefined;
  readonly excludedTools: string | undefined;
};

/** A requested turn. */
export type TurnRequest = {
  readonly record: LocalTurnRecord;
  /** The parsed prompt of the original task, if the turn continues an interrupted one. */
  readonly parsedPrompt: ParsedPrompt;
  readonly interruption: Interruption | undefined;
};

const planMode = 3;
const nothingUsed = { inputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0 };

/** Records an attempt at a turn. The first attempt determines the registered script of the turn. */
export function beginTurn(
  rehearsal: Rehearsal,
  request: AgentRunRequest,
  message: UserMessage,
  headers: TurnHeaders,
): TurnRequest {
  const { store } = rehearsal;
  const interruption = parseInterruption(message.text);
  const agentId = request.conversationId ?? headers.requestId;
  const runId = request.runId ?? headers.originalRequestId ?? headers.requestId;
  const earlier = store.localTurns.ofAgent(agentId).filter((turn) => turn.runId !== runId);
  const parsedPrompt = parsePromptInConversation(
    interruption?.task ?? message.text,
    earlier.map(({ prompt }) => prompt),
  );
  const isResumed = request.action?.action.case === 'resumeAction';
  const record = store.transaction(() => {
    const known = store.localTurns.find(agentId, runId);
    const turn: LocalTurnRecord =
      known === undefined
        ? newTurn(rehearsal, {
            request,
            message,
            headers,
            agentId,
            runId,
            parsedPrompt,
            interruption,
          })
        : { ...known, status: 'RUNNING', attempts: known.attempts + 1 };
    const counted = { ...turn, resumes: turn.resumes + (isResumed ? 1 : 0) };
    store.localTurns.put(counted);
    return counted;
  });
  return { record, parsedPrompt, interruption };
}

type TurnInput = {
  readonly request: AgentRunRequest;
  readonly message: UserMessage;
  readonly headers: TurnHeaders;
  readonly agentId: string;
  readonly runId: string;
  readonly parsedPrompt: ParsedPrompt;
  readonly interruption: Interruption | undefined;
};

function newTurn(rehearsal: Rehearsal, input: TurnInput): LocalTurnRecord {
  const { request, message, headers, agentId, runId, parsedPrompt } = input;
  const model = request.requestedModel;
  const scripted = scriptFor(rehearsal, input);
  return {
    agentId,
    runId,
    title: parsedPrompt.title,
    prompt: message.text,
    mode: message.mode === planMode ? 'plan' : 'agent',
    ...(model === undefined
      ? {}
      : {
          model: {
            id: model.modelId,
            params: model.parameters.map(({ id, value }) => ({ id, value })),
          },
        }),
    ...(request.subagentTypeName === undefined ? {} : { subagent: request.subagentTypeName }),
    images: message.selectedContext?.selectedImages.length ?? 0,
    hasSystemPrompt: request.customSystemPrompt !== undefined,
    ...(headers.allowedTools === undefined ? {} : { allowedTools: headers.allowedTools }),
    ...(headers.excludedTools === undefined ? {} : { excludedTools: headers.excludedTools }),
    ...(scripted === undefined ? {} : { scripted }),
    status: 'RUNNING',
    attempts: 1,
    resumes: 0,
    toolCalls: 0,
    createdAtMs: rehearsal.clock.now(),
    usageId: randomUUID(),
    usage: nothingUsed,
  };
}

/** Returns the registered script for the prompt. A turn that continues an interrupted one keeps its script. */
function scriptFor(
  { store, scripts }: Rehearsal,
  { agentId, parsedPrompt, message, interruption }: TurnInput,
): LocalTurnRecord['scripted'] | undefined {
  if (interruption === undefined) {
    return scripts.fire({ agentId, agentName: parsedPrompt.title, text: message.text });
  }
  const { task } = interruption;
  return store.localTurns.ofAgent(agentId).findLast((turn) => turn.prompt === task)?.scripted;
}
