import {
  type AgentView,
  type ArtifactView,
  RESULT_LENGTH_IN_LISTS,
} from '../../contract/agent-views.ts';
import { failureWithCloudName, withCloudName } from '../../contract/cloud-name.ts';
import { canCancel, canFollowUp, canRetry } from '../../session/allowed-actions.ts';
import { artifactsOf } from '../../session/artifacts.ts';
import { isPlanner } from '../../session/enhance/planner.ts';
import type { Failure, RunOutcome, StoredArtifact } from '../../session/events.ts';
import type { Question } from '../../session/flow/questions.ts';
import {
  locationOfAgent,
  providerChoice,
  type RunLocation,
  runtimeOf,
} from '../../session/run-location.ts';
import {
  attemptInRound,
  documentOf,
  latestAttempt,
  latestTurn,
  purposeOf,
  workOf,
} from '../../session/select.ts';
import type { AgentState, Attempt, SessionState, Turn } from '../../session/state.ts';
import { questionFor } from '../../session/status/question-text.ts';
import { agentStatus } from '../../session/status/session-status.ts';
import { roundEndedAt, workedMs, workSpans } from '../../session/status/times.ts';
import { roundOfAgent } from './flow-view.ts';
import { instant, instantOrNull } from './instant.ts';
import { statusDetail } from './status-detail.ts';
import { totalUsage, usageParts } from './usage-view.ts';

/** The time of the last heartbeat of a turn, in milliseconds since the epoch; null if there was none. */
export type LastHeartbeat = (turn: Turn) => number | null;

/** One agent with its newest attempt, and the source and age of its status. */
export function agentView(
  state: SessionState,
  agent: AgentState,
  wave: number,
  lastHeartbeat: LastHeartbeat,
): AgentView {
  const document = documentOf(state, agent.id);
  const attempt = latestAttempt(agent);
  const turn = latestTurn(attempt);
  const current = attemptInRound(agent);
  const isInCursorCloud = attempt?.runtime === 'cursor-cloud';
  const { newest, earlier } = artifactsOf(agent);
  const cloud = state.backend.kind;
  const place = locationOfAgent(state, agent);
  const question = questionFor(state, agent);
  const source =
    question === null
      ? sourceOf(agent, latestTurn(current), lastHeartbeat, sourceName(cloud, place))
      : { name: 'Cerevisor', at: askedAt(question) };
  const detail = statusDetail(state, agent);
  const result = resultOf(attempt, turn);
  return {
    id: agent.id,
    name: document?.name ?? agent.id,
    role: document?.role ?? 'custom',
    model: attempt?.model ?? document?.model ?? providerChoice(state, agent.id)?.model ?? null,
    modelParameters: (attempt ?? document)?.modelParameters ?? null,
    mode: (attempt ?? document)?.mode ?? 'agent',
    kind: kindOf(state, agent),
    wave,
    attempt: attempt?.number ?? 0,
    attemptInRound: agent.attempts.filter(({ round }) => round === agent.round).length,
    status: agentStatus(state, agent),
    statusSource: source.name,
    statusAt: instant(source.at),
    statusDetail: detail === null ? null : withCloudName(cloud, detail),
    ...roundOfAgent(state, agent.id),
    runtime: attempt?.runtime ?? runtimeOf(state, agent.id),
    provider: providerView(state, agent.id),
    threadId: attempt?.threadId ?? null,
    turnId: turn?.id ?? null,
    cursorAgentId: isInCursorCloud ? (attempt?.threadId ?? null) : null,
    cursorRunId: isInCursorCloud ? (turn?.id ?? null) : null,
    agentUrl: attempt?.agentUrl ?? null,
    startedAt: instantOrNull(current?.intendedAt ?? null),
    endedAt: instantOrNull(roundEndedAt(agent)),
    work: (current === undefined ? [] : workSpans(agent, current)).map(({ from, to }) => ({
      startedAt: instant(from),
      endedAt: instantOrNull(to),
    })),
    durationMs: agent.phase.kind === 'settled' && current !== undefined ? workedMs(agent) : null,
    folder: attempt?.folder ?? null,
    branches: (attempt?.branches ?? []).map((branch) => ({ ...branch })),
    baseCommits: (attempt?.baseCommits ?? []).map((commit) => ({ ...commit })),
    prUrl: attempt?.branches.find(({ prUrl }) => prUrl !== undefined)?.prUrl ?? null,
    artifacts: newest.map((one) => artifactView(one, cloud)),
    earlierArtifacts: earlier.map((one) => artifactView(one, cloud)),
    artifactsState: attempt?.artifacts.state ?? 'pending',
    artifactsError: failureWithCloudName(cloud, attempt?.artifacts.failure ?? null),
    result,
    resultLength: result?.length ?? null,
    error: failureWithCloudName(cloud, errorOf(agent, turn, place)),
    usage: usageOf(agent),
    canRetry: canRetry(agent),
    canFollowUp: canFollowUp(agent),
    canCancel: canCancel(agent),
  };
}

/** The newest message. A decision that was asked for afterwards does not replace the message of the work itself. */
function resultOf(attempt: Attempt | undefined, turn: Turn | undefined): string | null {
  if (attempt === undefined || turn === undefined) return null;
  const shown = purposeOf(attempt, turn) === 'decision' ? workOf(attempt) : turn;
  return shown?.ended?.result ?? null;
}

/** No character is cut in half. */
export function withShortResult(view: AgentView): AgentView {
  if (view.result === null || view.result.length <= RESULT_LENGTH_IN_LISTS) return view;
  const start = view.result.slice(0, RESULT_LENGTH_IN_LISTS);
  return { ...view, result: start.replace(/[\ud800-\udbff]$/, '') };
}

function kindOf({ workflow }: SessionState, agent: AgentState): AgentView['kind'] {
  if (isPlanner(agent)) return 'planner';
  return workflow.agents.some(({ id }) => id === agent.id) ? 'agent' : 'removed';
}

/** The usage of all attempts together, so that it never decreases. */
function usageOf({ attempts }: AgentState): AgentView['usage'] {
  const parts = attempts.flatMap(usageParts);
  return parts.length === 0 ? null : totalUsage(parts);
}

export function artifactView(
  artifact: StoredArtifact,
  cloud: SessionState['backend']['kind'],
): ArtifactView {
  const { path, file, sizeBytes, sha256, error, attempt, turn } = artifact;
  return {
    path,
    file: file ?? null,
    sizeBytes,
    sha256: sha256 ?? null,
    error: failureWithCloudName(cloud, error ?? null),
    ...(attempt === undefined ? {} : { attempt }),
    ...(turn === undefined ? {} : { turn }),
  };
}

/** The name of the source of a status. A rehearsal is always named as such, so that it is not mistaken for Cursor. */
function sourceName(cloud: SessionState['backend']['kind'], place: RunLocation): string {
  if (cloud === 'rehearsal') return 'Rehearsal';
  return place === 'cloud' ? 'Cursor' : 'This machine';
}

/** Since when an agent needs an answer: it may have been waiting for other agents long before. */
const askedAt = (question: Question): number =>
  question.kind === 'condition' ? question.at : question.gate.openedAt;

/** The source and time of the status. While a turn is running, the cloud's status is as old as its last heartbeat. */
function sourceOf(
  agent: AgentState,
  turn: Turn | undefined,
  lastHeartbeat: LastHeartbeat,
  cloud: string,
): { readonly name: string; readonly at: number } {
  if (turn === undefined) return { name: 'Cerevisor', at: agent.changedAt };
  if (turn.ended !== null) {
    const isConfirmed = turn.ended.source !== 'none' && agent.phase.kind === 'settled';
    return isConfirmed
      ? { name: cloud, at: turn.ended.at }
      : { name: 'Cerevisor', at: agent.changedAt };
  }
  return { name: cloud, at: Math.max(lastHeartbeat(turn) ?? 0, turn.startedAt) };
}

const outcomeErrors: Partial<Record<RunOutcome, Failure>> = {
  error: { code: 'run_failed', message: 'The run failed on Cursor.' },
  expired: { code: 'run_expired', message: 'The run expired on Cursor.' },
};
const localFailure: Failure = { code: 'run_failed', message: 'The agent failed.' };

function errorOf(agent: AgentState, turn: Turn | undefined, place: RunLocation): Failure | null {
  if (agent.phase.kind !== 'settled' || agent.phase.outcome === 'completed') return null;
  if (agent.phase.cause !== null) {
    const { code, message, suggestion } = agent.phase.cause;
    return suggestion === undefined ? { code, message } : { code, message, suggestion };
  }
  if (turn?.ended == null) return null;
  const unexplained = outcomeErrors[turn.ended.outcome];
  if (turn.ended.failure !== null || unexplained === undefined) return turn.ended.failure;
  return place === 'cloud' ? unexplained : localFailure;
}

function providerView(state: SessionState, id: AgentState['id']): AgentView['provider'] {
  const choice = providerChoice(state, id);
  return choice === null ? null : { id: choice.id, name: choice.name };
}
