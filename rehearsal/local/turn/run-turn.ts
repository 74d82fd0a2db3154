import { RecordedCalls } from '../../agent/interruption.ts';
import { planFor } from '../../agent/plan.ts';
import { usageOf } from '../../agent/run-lifecycle.ts';
import type { Rehearsal } from '../../rehearsal.ts';
import type { LocalStreamFaults } from '../faults/local-stream-faults.ts';
import type { AgentRunRequest, RequestContext } from '../proto/conversation_pb.ts';
import type { Client } from '../stream/client.ts';
import type { OutgoingStream } from '../stream/outgoing-stream.ts';
import type { TurnError } from '../wire/connect-error.ts';
import type { TurnHeaders, TurnRequest } from './begin-turn.ts';
import { History, type PastTurn, type Progress, progressOf } from './history.ts';
import { performStep, type TurnFailure } from './perform-step.ts';
import { remainingSteps } from './remaining-steps.ts';
import { ToolPermissions } from './tool-permissions.ts';
import type { TurnContext } from './turn-context.ts';
import { TurnStreamWriter } from './turn-stream-writer.ts';

/** One attempt at a turn, and what it needs. */
export type TurnAttempt = {
  readonly rehearsal: Rehearsal;
  readonly request: AgentRunRequest;
  readonly headers: TurnHeaders;
  readonly client: Client;
  readonly stream: OutgoingStream;
  readonly faults: LocalStreamFaults;
  readonly turn: TurnRequest;
  /** What the client has of the conversation's latest turn. */
  readonly last: PastTurn | undefined;
};

/** Runs one attempt at a turn to its end. Returns the error that ends it, if there is one. */
export async function runTurn(attempt: TurnAttempt): Promise<TurnError | undefined> {
  const { turn, request } = attempt;
  const { runId } = turn.record;
  const state = request.conversationState;
  const isResumed = request.action?.action.case === 'resumeAction';
  const progress: Progress = progressOf(state, runId) ?? {
    // A checkpoint without progress belongs to a completed turn, of which only the end was lost.
    finishedSteps: isResumed ? Number.MAX_SAFE_INTEGER : 0,
    outputTokens: 0,
    calls: 0,
  };
  const history = await historyOf(attempt, isResumed);
  const writer = new TurnStreamWriter({
    client: attempt.client,
    history,
    clock: attempt.rehearsal.clock,
    faults: attempt.faults,
    paceMs: attempt.rehearsal.options.paceMs,
    signal: attempt.stream.signal,
    requestId: attempt.headers.requestId,
    calls: progress.calls,
    outputTokens: progress.outputTokens,
  });
  const context = await turnContext(attempt, history, writer);
  if (context === undefined)
    return { code: 'internal', message: 'The client did not name a working folder' };
  const failure = await performPlan(attempt, context, history, progress.finishedSteps);
  await writer.flushText();
  if (failure !== undefined) {
    return {
      code: 'unknown',
      message: failure.message,
      details: { detail: failure.message, isRetryable: false },
    };
  }
  await finish(attempt, context, history);
  return undefined;
}

async function historyOf(attempt: TurnAttempt, isResumed: boolean): Promise<History> {
  const { client, request, turn, last } = attempt;
  const { runId, prompt } = turn.record;
  const state = request.conversationState;
  if (isResumed && state !== undefined && last !== undefined) {
    return History.resume(client, state, runId, last);
  }
  const action = request.action?.action;
  const sent = action?.case === 'userMessageAction' ? action.value.userMessage : undefined;
  const userMessage = {
    ...(sent ?? { $typeName: 'agent.v1.UserMessage' as const, mode: 0 }),
    text: prompt,
    messageId: runId,
  };
  await client.send({
    case: 'interactionUpdate',
    value: { message: { case: 'userMessageAppended', value: { userMessage } } },
  });
  return History.begin(client, state, runId, userMessage);
}

async function turnContext(
  attempt: TurnAttempt,
  history: History,
  writer: TurnStreamWriter,
): Promise<TurnContext | undefined> {
  const { client, headers, rehearsal, request, turn } = attempt;
  const { record, parsedPrompt, interruption } = turn;
  const requestContext = await requestContextOf(client);
  const { env } = requestContext ?? {};
  const folder = env?.workspacePaths[0] ?? env?.processWorkingDirectory;
  if (requestContext === undefined || folder === undefined || folder === '') return undefined;
  return {
    agentId: record.agentId,
    runId: record.runId,
    title: record.title,
    mode: record.mode,
    parsedPrompt,
    attempt: parsedPrompt.attempt ?? 1,
    turnNumber: history.earlierTurns + 1,
    client,
    writer,
    clock: rehearsal.clock,
    requestContext,
    folder,
    permissions: new ToolPermissions(headers.allowedTools, headers.excludedTools),
    modelId: request.requestedModel?.modelId ?? request.modelDetails?.modelId ?? '',
    recorded: interruption === undefined ? undefined : new RecordedCalls(interruption),
    written: new Set(),
  };
}

async function requestContextOf(client: Client): Promise<RequestContext | undefined> {
  const { answers } = await client.request({ case: 'requestContextArgs', value: {} });
  const result = answers.find((answer) => answer.case === 'requestContextResult')?.value.result;
  return result?.case === 'success' ? result.value.requestContext : undefined;
}

async function performPlan(
  attempt: TurnAttempt,
  context: TurnContext,
  history: History,
  firstStep: number,
): Promise<TurnFailure | undefined> {
  const { client, turn, rehearsal } = attempt;
  const { writer } = context;
  const plan = remainingSteps(
    planFor(turn.parsedPrompt, context.title, turn.record),
    context,
    turn.interruption,
  );
  if (firstStep === 0) await recallEarlierRequest(attempt, context);
  for (const [index, step] of plan.entries()) {
    if (index < firstStep) continue;
    const callsBefore = writer.calls;
    const startedAtMs = rehearsal.clock.now();
    await writer.sendUpdate({ case: 'stepStarted', value: { stepId: index + 1 } });
    for (const message of await client.takeInjections()) {
      await writer.writeText(`You added: ${message}\n\n`);
    }
    const failure = await performStep(context, step);
    const stepDurationMs = rehearsal.clock.now() - startedAtMs;
    await writer.sendUpdate({
      case: 'stepCompleted',
      value: { stepId: index + 1, stepDurationMs },
    });
    if (failure !== undefined) return failure;
    // A checkpoint after each tool call, so that no call is repeated after an interruption.
    if (writer.calls > callsBefore) await checkpointAfter(attempt, context, history, index);
  }
  return undefined;
}

const maxRecalledCharacters = 200;

/** An unscripted agent shows that it has the earlier conversation, which only the client stores. */
async function recallEarlierRequest(
  { last, turn }: TurnAttempt,
  { writer }: TurnContext,
): Promise<void> {
  const isScripted = (turn.record.scripted?.script ?? turn.parsedPrompt.script) !== undefined;
  if (last === undefined || isScripted) return;
  const request = last.userMessage.text.split(/\s+/).join(' ').slice(0, maxRecalledCharacters);
  await writer.writeThinking(`I remember the earlier request: ${request}`);
}

async function checkpointAfter(
  attempt: TurnAttempt,
  { writer }: TurnContext,
  history: History,
  index: number,
): Promise<void> {
  const { outputTokens, calls } = writer;
  const { agentId, runId } = attempt.turn.record;
  await history.checkpoint(
    { used: usageOf(attempt.turn.record.prompt, outputTokens).inputTokens + outputTokens },
    { finishedSteps: index + 1, outputTokens, calls },
  );
  attempt.rehearsal.store.localTurns.update(agentId, runId, { toolCalls: calls });
  await breakAfterCheckpoint(attempt);
}

/** The client handles messages in order: once it answers this request, it has the checkpoint that was sent before. */
async function breakAfterCheckpoint({ client, faults, stream }: TurnAttempt): Promise<void> {
  const how = faults.cutAfterCheckpoint;
  if (how === undefined) return;
  await client.getBlob(new Uint8Array(32));
  await stream.interrupt(how);
}

async function finish(
  attempt: TurnAttempt,
  { writer, agentId, runId }: TurnContext,
  history: History,
): Promise<void> {
  const { client, rehearsal, faults, turn } = attempt;
  await client.deferInjections();
  const { outputTokens } = writer;
  const usage = usageOf(turn.record.prompt, outputTokens);
  const { store, clock } = rehearsal;
  store.localTurns.update(agentId, runId, { usage, toolCalls: writer.calls });
  await writer.sendUpdate({ case: 'turnEnded', value: faults.hidesUsage ? {} : usage });
  await history.checkpoint({ used: usage.inputTokens + outputTokens });
  await breakAfterCheckpoint(attempt);
  store.localTurns.update(agentId, runId, {
    status: 'FINISHED',
    endedAtMs: clock.now(),
    endedUnscaledMs: clock.unscaledNow(),
  });
}
