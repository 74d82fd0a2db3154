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

/** What one attempt at a turn works with. */
export type TurnAttempt = {
  readonly rehearsal: Rehearsal;
  readonly request: AgentRunRequest;
  readonly headers: TurnHeaders;
  readonly client: Client;
  readonly stream: OutgoingStream;
  readonly faults: LocalStreamFaults;
  readonly turn: TurnRequest;
  /** What the client has of the conversation's newest turn. */
  readonly last: PastTurn | undefined;
};

/** Carries out one attempt at a turn to its end; returns the error that ends it, if one does. */
export async function runTurn(setting: TurnAttempt): Promise<TurnError | undefined> {
  const { turn, request } = setting;
  const { runId } = turn.record;
  const state = request.conversationState;
  const isResumed = request.action?.action.case === 'resumeAction';
  const progress: Progress = progressOf(state, runId) ?? {
    // A state without progress is that of a turn that was over: only its end was lost.
    finishedSteps: isResumed ? Number.MAX_SAFE_INTEGER : 0,
    outputTokens: 0,
    calls: 0,
  };
  const history = await historyOf(setting, isResumed);
  const writer = new TurnStreamWriter({
    client: setting.client,
    history,
    clock: setting.rehearsal.clock,
    faults: setting.faults,
    paceMs: setting.rehearsal.options.paceMs,
    signal: setting.stream.signal,
    requestId: setting.headers.requestId,
    calls: progress.calls,
    outputTokens: progress.outputTokens,
  });
  const stage = await stageOf(setting, history, writer);
  if (stage === undefined)
    return { code: 'internal', message: 'The client did not name a working folder' };
  const failure = await performPlan(setting, stage, history, progress.finishedSteps);
  await writer.flushText();
  if (failure !== undefined) {
    return {
      code: 'unknown',
      message: failure.message,
      details: { detail: failure.message, isRetryable: false },
    };
  }
  await finish(setting, stage, history);
  return undefined;
}

async function historyOf(setting: TurnAttempt, isResumed: boolean): Promise<History> {
  const { client, request, turn, last } = setting;
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

async function stageOf(
  setting: TurnAttempt,
  history: History,
  writer: TurnStreamWriter,
): Promise<TurnContext | undefined> {
  const { client, headers, rehearsal, request, turn } = setting;
  const { record, parsedPrompt, interruption } = turn;
  const context = await contextOf(client);
  const folder = context?.env?.workspacePaths[0] ?? context?.env?.processWorkingDirectory;
  if (context === undefined || folder === undefined || folder === '') return undefined;
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
    context,
    folder,
    permissions: new ToolPermissions(headers.allowedTools, headers.excludedTools),
    modelId: request.requestedModel?.modelId ?? request.modelDetails?.modelId ?? '',
    recorded: interruption === undefined ? undefined : new RecordedCalls(interruption),
    written: new Set(),
  };
}

async function contextOf(client: Client): Promise<RequestContext | undefined> {
  const { answers } = await client.request({ case: 'requestContextArgs', value: {} });
  const result = answers.find((answer) => answer.case === 'requestContextResult')?.value.result;
  return result?.case === 'success' ? result.value.requestContext : undefined;
}

async function performPlan(
  setting: TurnAttempt,
  stage: TurnContext,
  history: History,
  firstStep: number,
): Promise<TurnFailure | undefined> {
  const { client, turn, rehearsal } = setting;
  const { writer } = stage;
  const plan = remainingSteps(
    planFor(turn.parsedPrompt, stage.title, turn.record),
    stage,
    turn.interruption,
  );
  if (firstStep === 0) await recallEarlierRequest(setting, stage);
  for (const [index, step] of plan.entries()) {
    if (index < firstStep) continue;
    const callsBefore = writer.calls;
    const startedAtMs = rehearsal.clock.now();
    await writer.sendUpdate({ case: 'stepStarted', value: { stepId: index + 1 } });
    for (const output of await client.takeInjections()) {
      await writer.writeText(`You added: ${output}\n\n`);
    }
    const failure = await performStep(stage, step);
    const stepDurationMs = rehearsal.clock.now() - startedAtMs;
    await writer.sendUpdate({
      case: 'stepCompleted',
      value: { stepId: index + 1, stepDurationMs },
    });
    if (failure !== undefined) return failure;
    // What a tool did must not be done again after a break: that is where a checkpoint belongs.
    if (writer.calls > callsBefore) await checkpointAfter(setting, stage, history, index);
  }
  return undefined;
}

const maxRecalledCharacters = 200;

/** An agent that works as it likes shows that it has its conversation: the client kept it, not the server. */
async function recallEarlierRequest(
  { last, turn }: TurnAttempt,
  { writer }: TurnContext,
): Promise<void> {
  const isScripted = (turn.record.scripted?.script ?? turn.parsedPrompt.script) !== undefined;
  if (last === undefined || isScripted) return;
  const output = last.userMessage.text.split(/\s+/).join(' ').slice(0, maxRecalledCharacters);
  await writer.writeThinking(`I remember the earlier request: ${output}`);
}

async function checkpointAfter(
  setting: TurnAttempt,
  { writer }: TurnContext,
  history: History,
  index: number,
): Promise<void> {
  const { outputTokens, calls } = writer;
  const { agentId, runId } = setting.turn.record;
  await history.checkpoint(
    { used: usageOf(setting.turn.record.prompt, outputTokens).inputTokens + outputTokens },
    { finishedSteps: index + 1, outputTokens, calls },
  );
  setting.rehearsal.store.localTurns.update(agentId, runId, { toolCalls: calls });
  await breakAfterCheckpoint(setting);
}

/** The client handles messages in order: once it answers this question, it has the checkpoint before it. */
async function breakAfterCheckpoint({ client, faults, stream }: TurnAttempt): Promise<void> {
  const how = faults.cutAfterCheckpoint;
  if (how === undefined) return;
  await client.getBlob(new Uint8Array(32));
  await stream.interrupt(how);
}

async function finish(
  setting: TurnAttempt,
  { writer, agentId, runId }: TurnContext,
  history: History,
): Promise<void> {
  const { client, rehearsal, faults, turn } = setting;
  await client.deferInjections();
  const { outputTokens } = writer;
  const usage = usageOf(turn.record.prompt, outputTokens);
  const { store, clock } = rehearsal;
  store.localTurns.update(agentId, runId, { usage, toolCalls: writer.calls });
  await writer.sendUpdate({ case: 'turnEnded', value: faults.hidesUsage ? {} : usage });
  await history.checkpoint({ used: usage.inputTokens + outputTokens });
  await breakAfterCheckpoint(setting);
  store.localTurns.update(agentId, runId, {
    status: 'FINISHED',
    endedAtMs: clock.now(),
    endedUnscaledMs: clock.unscaledNow(),
  });
}
