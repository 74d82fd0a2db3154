import {
  MISSING_DECISION,
  type ReadDecision,
  unclearDecisionText,
} from '../../handoff/decisions.ts';
import { isBlank } from '../../lib/blank.ts';
import {
  type Condition,
  conditionsFrom,
  isLastRound,
  undecidedConditions,
} from '../../session/conditions.ts';
import type { LifecycleEvent, SessionEventOf } from '../../session/events.ts';
import { loopRound } from '../../session/flow/flow-state.ts';
import { agentOf, attemptOf, purposeOf, workOf } from '../../session/select.ts';
import { flowGraphOfSession } from '../../session/session-flow.ts';
import type { Attempt, SessionState, Turn } from '../../session/state.ts';
import type { ConnectionId } from '../../workflow/ids.ts';
import type { Connection } from '../../workflow/schema.ts';
import { composeDecisionPrompt } from '../compose/decision-prompt.ts';
import { decisionSchema } from '../compose/output-schema.ts';
import { stateOf } from './handler.ts';
import type { HandOffTask } from './handoff-references.ts';

export type ConditionsRead =
  /** The agent has to be asked again. */
  | {
      readonly kind: 'ask';
      readonly prompt: string;
      /** Schema of the answer, for runtimes that support structured output. */
      readonly outputSchema: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'read';
      readonly events: readonly LifecycleEvent[];
      /** By connection; unclear ones are missing. */
      readonly holds: ReadonlyMap<ConnectionId, boolean>;
      /** The work's last message without its decisions. */
      readonly rest: string;
    };

/** Reads the agent's decisions from its work, and from its answer if it was asked again. */
export async function readConditions(task: HandOffTask, attempt: Attempt): Promise<ConditionsRead> {
  const { handoffs } = task.context;
  const state = stateOf(task);
  const { agentId } = task.effect;
  const decidedByAgent = conditionsFrom(state, agentId).filter(({ by }) => by === 'agent');
  const ids = decidedByAgent.map(({ connectionId }) => connectionId);
  const { decisions, rest } = await handoffs.readDecisions(
    workOf(attempt)?.ended?.result ?? '',
    ids,
  );
  const later = turnsSinceWork(attempt).filter(
    (turn) => purposeOf(attempt, turn) === 'decision' && turn.ended?.outcome === 'finished',
  );
  const answer = later.at(-1)?.ended?.result ?? '';
  const answered = later.length === 0 ? null : await handoffs.readDecisions(answer, ids);
  const open = undecidedConditions(state, agentId, attempt).filter(({ by }) => by === 'agent');
  const read = open.map((condition) => ({
    condition,
    decision: clearest(
      decisions[condition.connectionId],
      answered?.decisions[condition.connectionId],
    ),
  }));
  const unclear = read.flatMap(({ condition, decision }) =>
    decision.kind === 'unclear' && !isLastRound(state, condition)
      ? [{ ...condition, mistake: decision.mistake }]
      : [],
  );
  if (unclear.length > 0 && !wasAsked(task, attempt)) {
    const outputSchema = decisionSchema(unclear.map(({ connectionId }) => connectionId));
    return { kind: 'ask', prompt: composeDecisionPrompt(unclear), outputSchema };
  }
  const events = read.flatMap(({ condition, decision }) =>
    eventOf(task, state, condition, decision),
  );
  return { kind: 'read', events, holds: knownOf(state, attempt, events), rest };
}

function clearest(first: ReadDecision | undefined, second: ReadDecision | undefined): ReadDecision {
  if (second?.kind === 'decided' || first === undefined) return second ?? first ?? missing;
  return first.kind === 'decided' ? first : (second ?? first);
}

const missing: ReadDecision = { kind: 'unclear', mistake: MISSING_DECISION };

function turnsSinceWork(attempt: Attempt): readonly Turn[] {
  const work = workOf(attempt);
  return attempt.turns.slice(work === undefined ? 0 : attempt.turns.indexOf(work) + 1);
}

/** The agent was asked again, or asking it was not possible. */
function wasAsked(task: HandOffTask, attempt: Attempt): boolean {
  const agent = agentOf(stateOf(task), task.effect.agentId);
  const isUnsent = agent?.phase.kind === 'following-up' && agent.phase.purpose === 'decision';
  const isBeingCancelled = agent !== undefined && agent.cancel !== null;
  return (
    isUnsent ||
    isBeingCancelled ||
    turnsSinceWork(attempt).some((turn) => purposeOf(attempt, turn) === 'decision')
  );
}

/** The agent was asked again and has answered. */
function wasAnsweredAgain({ context, sessionId, effect }: HandOffTask): boolean {
  const agent = agentOf(stateOf({ context, sessionId }), effect.agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, effect.attempt);
  if (attempt === undefined) return false;
  return turnsSinceWork(attempt).some(
    (turn) => purposeOf(attempt, turn) === 'decision' && turn.ended?.outcome === 'finished',
  );
}

function eventOf(
  task: HandOffTask,
  state: SessionState,
  condition: Condition,
  decision: ReadDecision,
): LifecycleEvent[] {
  const { agentId, attempt, round } = task.effect;
  const about = { agentId, attempt, round, connectionId: condition.connectionId };
  if (decision.kind === 'decided') {
    const { holds, reason } = decision;
    const event = { type: 'ConnectionDecided', ...about, holds, by: 'agent' } as const;
    return [reason === null ? event : { ...event, reason }];
  }
  if (isLastRound(state, condition)) return [];
  const reason = unclearDecisionText(decision.mistake, wasAnsweredAgain(task));
  return [{ type: 'DecisionUnclear', ...about, reason }];
}

function knownOf(
  state: SessionState,
  { number }: Attempt,
  events: readonly LifecycleEvent[],
): ReadonlyMap<ConnectionId, boolean> {
  const known = new Map<ConnectionId, boolean>();
  for (const { connectionId, attempt, holds } of state.flow.decisions)
    if (attempt === number && holds !== null) known.set(connectionId, holds);
  for (const event of events)
    if (event.type === 'ConnectionDecided') known.set(event.connectionId, event.holds);
  return known;
}

/** Evaluates the expression of a connection over its hand-off. Null if it has none, or it is already decided. */
export async function evaluateCondition(
  task: HandOffTask,
  connection: Connection,
  content: string,
): Promise<SessionEventOf<'ConnectionDecided' | 'DecisionUnclear'> | null> {
  const { agentId, attempt, round } = task.effect;
  const state = stateOf(task);
  const condition = undecidedConditions(state, agentId, { number: attempt }).find(
    ({ connectionId, by }) => connectionId === connection.id && by === 'expression',
  );
  if (condition === undefined) return null;
  const handoff = connection.handoffFormat === 'structured-json' ? content : 'null';
  const number = condition.kind === 'loop' ? loopRound(state.flow, connection.id) : round;
  const result = await task.context.handoffs.evaluate(condition.text, handoff, number);
  const about = { agentId, attempt, round, connectionId: connection.id };
  return result.kind === 'value'
    ? {
        type: 'ConnectionDecided',
        ...about,
        holds: result.holds,
        reason: condition.text,
        by: 'expression',
      }
    : { type: 'DecisionUnclear', ...about, reason: `${condition.text}: ${result.message}` };
}

/** It is known that the connection is not taken, so that no hand-off is needed for it. */
export function isNotTaken(
  state: SessionState,
  connection: Connection,
  holds: ReadonlyMap<ConnectionId, boolean>,
): boolean {
  const { id, source, flowType, isElse } = connection;
  if (flowType === 'loop') {
    const loop = flowGraphOfSession(state).loops.find((one) => one.id === id);
    const isLast = loop !== undefined && loopRound(state.flow, id) >= loop.maxRounds;
    // The expression is still evaluated, because it gives the reason why the loop ends.
    const isUnexplained = !isBlank(connection.expression) && !holds.has(id);
    return (isLast && !isUnexplained) || holds.get(id) === true;
  }
  if (flowType !== 'conditional') return false;
  if (isElse !== true) return holds.get(id) === false;
  const siblings = state.workflow.connections.filter(
    (one) => one.source === source && one.flowType === 'conditional' && one.isElse !== true,
  );
  return siblings.some((one) => holds.get(one.id) === true);
}
