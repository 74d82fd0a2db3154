import type { EffectOf } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { agentOf } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { composePrompt, type ReceivedHandoff } from '../compose/prompt.ts';
import { startingPoint } from '../compose/repositories.ts';
import { opensPullRequest, requestHash, turnOptionsOf } from '../compose/request.ts';
import { runtimeOf } from '../compose/runtime.ts';
import { done, retryAt, stateOf, type Task, type WorkResult } from './handler.ts';

/**
 * Stores the intent to launch, with the id that the runtime is to use and the whole prompt, before anything is asked of
 * the network. The limit of live attempts is checked in the same transaction, so that no two can pass it together.
 */
export async function intendLaunch(task: Task<EffectOf<'intend-launch'>>): Promise<WorkResult> {
  const { context, effect, sessionId } = task;
  const state = stateOf(task);
  const limit = context.maxLiveCloudAttempts();
  const result = context.journal.append(sessionId, [intentOf(task, state)], (facts) =>
    facts.epoch !== context.journal.epoch
      ? 'epoch'
      : facts.liveCloudAttempts >= limit
        ? 'limit'
        : null,
  );
  if (result.ok) return done;
  if (!isKnownToWait(state, effect.agentId)) {
    context.journal.append(sessionId, [
      {
        type: 'LaunchDeferred',
        agentId: effect.agentId,
        attempt: effect.attempt,
        round: effect.round,
        reason: 'concurrency',
        failure: {
          code: 'concurrency_limit',
          message: `${limit === 1 ? '1 cloud agent is' : `${limit} cloud agents are`} at work, which is the limit. It starts as soon as a slot is free.`,
        },
      },
    ]);
  }
  // The supervisor asks again whenever a place becomes free; this is only the safety net.
  return retryAt(context.clock.now() + 30_000);
}

function isKnownToWait(state: SessionState, id: AgentId): boolean {
  const phase = agentOf(state, id)?.phase;
  return phase?.kind === 'waiting' && phase.deferred?.reason === 'concurrency';
}

type Request = Parameters<typeof requestHash>[0];

function intentOf(
  task: Task<EffectOf<'intend-launch'>>,
  state: SessionState,
): SessionEventOf<'LaunchIntended'> {
  const { agentId, attempt, round } = task.effect;
  const agent = state.workflow.agents.find(({ id }) => id === agentId);
  if (agent === undefined) throw new Error(`No agent ${agentId} in session ${state.id}`);
  const start = startingPoint(state, agentId);
  const prompt = composePrompt({
    workflowName: state.workflow.name,
    workflowDescription: state.workflow.description,
    agent,
    attempt,
    input: inputOf(task),
    handoffs: receivedHandoffs(task, state),
    branchesToMerge: start.branchesToMerge,
    outgoing: state.workflow.connections.filter(({ source }) => source === agentId),
  });
  const request: Request = {
    type: 'LaunchIntended',
    agentId,
    attempt,
    prompt,
    ...turnOptionsOf(agent),
    repositories: [...start.repositories],
    autoCreatePr: opensPullRequest(state, agentId),
  };
  const runtime = runtimeOf(state);
  const { threadIdPrefix } = task.context.runtime(runtime).capabilities;
  return {
    ...request,
    round,
    runtime,
    account: state.accountId,
    threadId: task.context.ids.thread(threadIdPrefix),
    requestHash: requestHash(request),
  };
}

/** What the person gave the session, which is too long to be part of its state. */
function inputOf({ context, sessionId }: Task<unknown>): string | null {
  const [start] = context.journal.sessionEvents(sessionId, { limit: 1, types: ['SessionStarted'] });
  return start?.event.type === 'SessionStarted' ? (start.event.input ?? null) : null;
}

/** The hand-offs for an agent in the document's order of connections, whole, as their events keep them. */
function receivedHandoffs(
  task: Task<EffectOf<'intend-launch'>>,
  state: SessionState,
): ReceivedHandoff[] {
  const stored = task.context.journal.sessionEvents(state.id, {
    limit: 10_000,
    types: ['HandoffStored'],
  });
  const newest = new Map(
    stored.flatMap(({ event }) =>
      event.type === 'HandoffStored' ? [[event.connectionId, event] as const] : [],
    ),
  );
  return state.workflow.connections.flatMap((connection) => {
    const handoff = newest.get(connection.id);
    if (connection.target !== task.effect.agentId || handoff === undefined) return [];
    const from = state.workflow.agents.find(({ id }) => id === connection.source);
    return {
      fromName: from?.name ?? connection.source,
      fromRole: from?.role ?? 'agent',
      format: handoff.format,
      content: handoff.content,
      outputFiles: handoff.outputFiles,
      branches: handoff.branches,
      artifacts: (handoff.artifacts ?? []).map(({ path }) => path),
      description: connection.dataDescription ?? null,
    };
  });
}
