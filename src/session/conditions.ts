import { isBlank } from '../lib/blank.ts';
import type { AgentId, ConnectionId } from '../workflow/ids.ts';
import type { Connection } from '../workflow/schema.ts';
import { verifiersOf } from '../workflow/verifiers.ts';
import { VERDICT_CONDITION, verdictId } from './enhance/verdicts.ts';
import { ownLoopId } from './flow/flow-graph.ts';
import { loopRound } from './flow/flow-state.ts';
import { flowGraphOfSession } from './session-flow.ts';
import type { Attempt, SessionState } from './state.ts';

/** A condition that is decided when an agent has done its work: of a connection, of the end of a loop, or a verdict. */
export type Condition = {
  readonly connectionId: ConnectionId;
  /** Decided by the agent, from a description in words, or by an expression. */
  readonly by: 'agent' | 'expression';
  readonly text: string;
  /** The consequence if it holds: the connection is taken, the loop ends, or the round was successful. */
  readonly kind: 'connection' | 'loop' | 'verdict';
  /** Null if it does not belong to a loop. */
  readonly maxRounds: number | null;
};

/** The conditions that an agent's work decides: its own loop, connections in document order, verdict. *Else* has none. */
export function conditionsFrom(state: SessionState, id: AgentId): Condition[] {
  const loops = flowGraphOfSession(state).loops.filter(({ source }) => source === id);
  const maxRounds = new Map(loops.map((loop) => [loop.id, loop.maxRounds]));
  const conditionOfLoop = (connectionId: ConnectionId, text = '', expression = ''): Condition[] => {
    const limit = maxRounds.get(connectionId);
    if (limit === undefined) return [];
    return withText({ connectionId, kind: 'loop', maxRounds: limit }, text, expression);
  };
  const own = state.workflow.agents.find((agent) => agent.id === id)?.loop;
  return [
    ...conditionOfLoop(ownLoopId(id), own?.exitCondition),
    ...outgoing(state, id).flatMap((connection) => {
      const { id: connectionId, condition = '', expression = '', loopCondition } = connection;
      if (connection.flowType === 'loop')
        return conditionOfLoop(connectionId, loopCondition, expression);
      if (connection.flowType !== 'conditional' || connection.isElse === true) return [];
      return withText({ connectionId, kind: 'connection', maxRounds: null }, condition, expression);
    }),
    ...verdictOf(state, id),
  ];
}

function verdictOf({ workflow }: SessionState, id: AgentId): Condition[] {
  if (!verifiersOf(workflow).some((agent) => agent.id === id)) return [];
  const verdict = { connectionId: verdictId(id), kind: 'verdict', maxRounds: null } as const;
  return [{ ...verdict, by: 'agent', text: VERDICT_CONDITION }];
}

/** If there are both, the expression decides. */
function withText(
  condition: Omit<Condition, 'by' | 'text'>,
  text: string,
  expression: string,
): Condition[] {
  if (!isBlank(expression)) return [{ ...condition, by: 'expression', text: expression }];
  return isBlank(text) ? [] : [{ ...condition, by: 'agent', text: text.trim() }];
}

/** The conditions that this attempt's work has not decided yet. */
export function undecidedConditions(
  state: SessionState,
  id: AgentId,
  { number }: Pick<Attempt, 'number'>,
): Condition[] {
  const decided = new Set(
    state.flow.decisions
      .filter(({ attempt, holds }) => attempt === number && holds !== null)
      .map(({ connectionId }) => connectionId),
  );
  return conditionsFrom(state, id).filter(({ connectionId }) => !decided.has(connectionId));
}

/** The loop ends with this round whether the condition holds or not. */
export function isLastRound(state: SessionState, { connectionId, maxRounds }: Condition): boolean {
  return maxRounds !== null && loopRound(state.flow, connectionId) >= maxRounds;
}

/** The connections from an agent, in document order. */
export function outgoing(state: SessionState, id: AgentId): Connection[] {
  return state.workflow.connections.filter(({ source }) => source === id);
}
