import { laterStatements, laterStatementText } from '../../engine/later-statements.ts';
import { asSentence } from '../../lib/as-sentence.ts';
import { isBlank } from '../../lib/blank.ts';
import type { FlowConnection, FlowLoop } from '../../session/flow/flow-graph.ts';
import type { Decision, Gate } from '../../session/flow/flow-state.ts';
import type { ConnectionStatus } from '../../session/flow/flow-status.ts';
import type { LoopStatus } from '../../session/flow/loop-status.ts';
import { latestAttempt, latestTurn } from '../../session/select.ts';
import { flowGraphOfSession, flowOfSession } from '../../session/session-flow.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { agentName } from '../../workflow/agent-name.ts';
import type { ConnectionId } from '../../workflow/ids.ts';

type Blocked = Extract<ConnectionStatus, { state: 'blocked' }>;
type Pending = Extract<ConnectionStatus, { state: 'pending' }>;

/** Why a connection is in its state, in sentences; null if the state is self-explanatory. */
export function connectionReason(state: SessionState, id: ConnectionId): string | null {
  const reason = reasonOf(state, id);
  const later = laterReason(state, id);
  if (later === null) return reason;
  return reason === null ? later : `${asSentence(reason)} ${later}`;
}

const laterReasons = new WeakMap<SessionState, ReadonlyMap<ConnectionId, string>>();

/** The newest message after the decision disagrees with it, which does not change it. Cached, as a state never changes. */
function laterReason(state: SessionState, id: ConnectionId): string | null {
  const reasons =
    laterReasons.get(state) ?? new Map(state.agents.flatMap((agent) => lateOf(state, agent)));
  laterReasons.set(state, reasons);
  return reasons.get(id) ?? null;
}

function lateOf(state: SessionState, agent: AgentState): [ConnectionId, string][] {
  const attempt = latestAttempt(agent);
  const turn = latestTurn(attempt);
  if (attempt === undefined || turn?.ended?.outcome !== 'finished') return [];
  const message = turn.ended.result ?? '';
  return laterStatements(state, agent.id, attempt, turn, message).map((statement) => [
    statement.condition.connectionId,
    laterStatementText(state, statement),
  ]);
}

function reasonOf(state: SessionState, id: ConnectionId): string | null {
  const status = flowOfSession(state).status.connections.get(id);
  const graph = flowGraphOfSession(state);
  const loop = graph.loops.find((one) => one.id === id);
  const connection = loop ?? graph.connections.find((one) => one.id === id);
  if (status === undefined || connection === undefined) return null;
  switch (status.state) {
    case 'pending':
      return pendingReason(state, status, connection);
    case 'awaiting-approval':
      return null;
    case 'blocked':
      return blockedReason(state, status);
    case 'taken':
    case 'not-taken':
      return loop === undefined ? decidedReason(state, id) : loopReason(state, loop);
    default:
      return status satisfies never;
  }
}

function pendingReason(
  state: SessionState,
  { waitsFor }: Pending,
  { id, source }: FlowConnection | FlowLoop,
): string {
  const name = agentName(state.workflow, source);
  switch (waitsFor) {
    case 'upstream':
      return `Waits for "${name}".`;
    case 'loop':
      return 'Waits for the end of the loop.';
    case 'decision':
      return `Waits for the decision of "${name}".`;
    case 'unclear':
      return unclearReason(state, id, name);
    case 'changes':
      return `Waits for the changes that "${name}" was asked for.`;
    default:
      return waitsFor satisfies never;
  }
}

/** An expression that cannot be evaluated is not the agent's failure; its decision says why. */
function unclearReason(state: SessionState, id: ConnectionId, name: string): string {
  const reason = state.flow.decisions.find(({ connectionId }) => connectionId === id)?.reason;
  const expression = state.workflow.connections.find((one) => one.id === id)?.expression;
  const waits = 'Waits for your decision, because';
  return isBlank(expression)
    ? `${waits} "${name}" could not decide${noted(reason ?? null)}`
    : `${waits} its expression could not be evaluated${noted(reason ?? null)}`;
}

function blockedReason(state: SessionState, { by }: Blocked): string {
  const name = agentName(state.workflow, by.agentId);
  switch (by.kind) {
    case 'failed':
      return `"${name}" did not succeed.`;
    case 'cancelled':
      return `"${name}" was cancelled.`;
    case 'rejected':
      return `The work of "${name}" was rejected${noted(by.note)}`;
    default:
      return by.kind satisfies never;
  }
}

/** What was decided, and by whom. An agent that was not reached has not decided anything. */
function decidedReason(state: SessionState, id: ConnectionId): string | null {
  const source = flowGraphOfSession(state).connections.find((one) => one.id === id)?.source;
  const { facts } = flowOfSession(state);
  const activation = source === undefined ? undefined : facts.activations.get(source);
  if (activation?.outcome?.kind === 'not-taken')
    return `"${agentName(state.workflow, activation.agentId)}" was not reached.`;
  const isNewest = ({ attempt }: { readonly attempt: number }) => attempt === activation?.attempt;
  const gate = state.flow.gates.find((one) => one.connectionId === id && isNewest(one));
  if (gate?.answer?.kind === 'approve') return approved(gate);
  const decision = state.flow.decisions.find((one) => one.connectionId === id && isNewest(one));
  return decision === undefined ? null : decisionReason(decision);
}

const approved = ({ answer }: Gate): string => `Approved${noted(answer?.note ?? null)}`;

function decisionReason({ holds, reason, by }: Decision): string {
  const what = holds === true ? 'Its condition holds' : 'Its condition does not hold';
  switch (by) {
    case 'else':
      return holds === true ? 'No other condition holds.' : 'Another condition holds.';
    case 'person':
      return `${what}, as decided by a person${noted(reason)}`;
    case 'agent':
    case 'expression':
    case null:
      return `${what}${noted(reason)}`;
    default:
      return by satisfies never;
  }
}

const ends: Readonly<Record<NonNullable<LoopStatus['cause']>, string>> = {
  'condition-met': 'Ended because its exit condition was met',
  'most-rounds': 'Ended after its maximum number of rounds',
  cancelled: 'Ended because it was cancelled',
  failed: 'Ended because an agent did not succeed',
  rejected: 'Ended because work was rejected',
  'not-reached': 'Ended because its last agent was not reached',
};

function loopReason(state: SessionState, loop: FlowLoop): string | null {
  const { loops } = flowOfSession(state).status;
  const status = loops.find((one) => one.loop.id === loop.id);
  if (status === undefined || status.cause === null) return null;
  return `${ends[status.cause]}${noted(status.reason)}`;
}

const noted = (note: string | null): string => (note === null ? '.' : `: ${note}`);
