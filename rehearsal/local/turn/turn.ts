import { RecordedCalls } from '../../agent/interruption.ts';
import { planFor } from '../../agent/plan.ts';
import { usageOf } from '../../agent/run-lifecycle.ts';
import type { Rehearsal } from '../../rehearsal.ts';
import type { LocalStreamFaults } from '../faults/local-stream-faults.ts';
import type { AgentRunRequest, RequestContext } from '../proto/conversation_pb.ts';
import type { Client } from '../stream/client.ts';
import type { OutgoingStream } from '../stream/outgoing.ts';
import type { TurnError } from '../wire/connect-error.ts';
import type { TurnHeaders, TurnRequest } from './begin.ts';
import { History, type PastTurn, type Progress, progressOf } from './history.ts';
import { LocalNarrator } from './narrator.ts';
import { performLocally, type TurnFailure } from './perform.ts';
import { stepsToDo } from './resumed-plan.ts';
import type { LocalStage } from './stage.ts';
import { ToolPermits } from './tool-permits.ts';

/** What one attempt at a turn works with. */
export type TurnSetting = {
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
export async function carryOut(setting: TurnSetting): Promise<TurnError | undefined> {
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
  const narrator = new LocalNarrator({
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
  const stage = await stageOf(setting, history, narrator);
  if (stage === undefined)
    return { code: 'internal', message: 'The client did not name a working folder' };
  const failure = await performPlan(setting, stage, history, progress.finishedSteps);
  await narrator.keepText();
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

async function historyOf(setting: TurnSetting, isResumed: boolean): Promise<History> {
  const { client, request, turn, last } = setting;
  const { runId, prompt } = turn.record;
  const state = request.conversationState;
  if (isResumed && state !== undefined && last !== undefined) {
    return History.goOn(client, state, runId, last);
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
  setting: TurnSetting,
  history: History,
  narrator: LocalNarrator,
): Promise<LocalStage | undefined> {
  const { client, headers, rehearsal, request, turn } = setting;
  const { record, reading, interruption } = turn;
  const context = await contextOf(client);
  const folder = context?.env?.workspacePaths[0] ?? context?.env?.processWorkingDirectory;
  if (context === undefined || folder === undefined || folder === '') return undefined;
  return {
    agentId: record.agentId,
    runId: record.runId,
    title: record.title,
    mode: record.mode,
    reading,
    attempt: reading.attempt ?? 1,
    turnNumber: history.earlierTurns + 1,
    client,
    narrator,
    clock: rehearsal.clock,
    context,
    folder,
    permits: new ToolPermits(headers.allowedTools, headers.excludedTools),
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
  setting: TurnSetting,
  stage: LocalStage,
  history: History,
  firstStep: number,
): Promise<TurnFailure | undefined> {
  const { client, turn, rehearsal } = setting;
  const { narrator } = stage;
  const plan = stepsToDo(planFor(turn.reading, stage.title, turn.record), stage, turn.interruption);
  if (firstStep === 0) await remember(setting, stage);
  for (const [index, step] of plan.entries()) {
    if (index < firstStep) continue;
    const callsBefore = narrator.calls;
    const startedAtMs = rehearsal.clock.now();
    await narrator.update({ case: 'stepStarted', value: { stepId: index + 1 } });
    for (const words of await client.takeInjections()) {
      await narrator.say(`You added: ${words}\n\n`);
    }
    const failure = await performLocally(stage, step);
    const stepDurationMs = rehearsal.clock.now() - startedAtMs;
    await narrator.update({ case: 'stepCompleted', value: { stepId: index + 1, stepDurationMs } });
    if (failure !== undefined) return failure;
    // What a tool did must not be done again after a break: that is where a checkpoint belongs.
    if (narrator.calls > callsBefore) await checkpointAfter(setting, stage, history, index);
  }
  return undefined;
}

const mostRemembered = 200;

/** An agent that works as it likes shows that it has its conversation: the client kept it, not the server. */
async function remember({ last, turn }: TurnSetting, { narrator }: LocalStage): Promise<void> {
  const isScripted = (turn.record.scripted?.script ?? turn.reading.script) !== undefined;
  if (last === undefined || isScripted) return;
  const words = last.userMessage.text.split(/\s+/).join(' ').slice(0, mostRemembered);
  await narrator.think(`I remember the earlier request: ${words}`);
}

async function checkpointAfter(
  setting: TurnSetting,
  { narrator }: LocalStage,
  history: History,
  index: number,
): Promise<void> {
  const { outputTokens, calls } = narrator;
  const { agentId, runId } = setting.turn.record;
  await history.checkpoint(
    { used: usageOf(setting.turn.record.prompt, outputTokens).inputTokens + outputTokens },
    { finishedSteps: index + 1, outputTokens, calls },
  );
  setting.rehearsal.store.localTurns.change(agentId, runId, { toolCalls: calls });
  await breakAfterCheckpoint(setting);
}

/** The client handles messages in order: once it answers this question, it has the checkpoint before it. */
async function breakAfterCheckpoint({ client, faults, stream }: TurnSetting): Promise<void> {
  const how = faults.cutAfterCheckpoint;
  if (how === undefined) return;
  await client.getBlob(new Uint8Array(32));
  await stream.breakOff(how);
}

async function finish(
  setting: TurnSetting,
  { narrator, agentId, runId }: LocalStage,
  history: History,
): Promise<void> {
  const { client, rehearsal, faults, turn } = setting;
  await client.refuseInjections();
  const { outputTokens } = narrator;
  const usage = usageOf(turn.record.prompt, outputTokens);
  const { store, clock } = rehearsal;
  store.localTurns.change(agentId, runId, { usage, toolCalls: narrator.calls });
  await narrator.update({ case: 'turnEnded', value: faults.hidesUsage ? {} : usage });
  await history.checkpoint({ used: usage.inputTokens + outputTokens });
  await breakAfterCheckpoint(setting);
  store.localTurns.change(agentId, runId, {
    status: 'FINISHED',
    endedAtMs: clock.now(),
    endedUnscaledMs: clock.unscaledNow(),
  });
}
