import { isBlank } from '../lib/blank.ts';
import type { AgentId, ConnectionId } from '../workflow/ids.ts';
import type { Connection } from '../workflow/schema.ts';
import { verifiersOf } from '../workflow/verifiers.ts';
import { VERDICT_CONDITION, verdictId } from './enhance/verdicts.ts';
import { ownLoopId } from './flow/flow-graph.ts';
import { loopRound } from './flow/flow-state.ts';
import { flowGraphOfSession } from './session-flow.ts';
import type { Attempt, SessionState } from './state.ts';

/** A condition that is decided when an agent has done its work: of a connection from it, or for the end of a loop. */
export type Condition = {
  readonly connectionId: ConnectionId;
  /** Whether it is decided by the agent, from these words, or by an expression. */
  readonly by: 'agent' | 'expression';
  readonly text: string;
  /** What holds when it is met: the connection is taken, the loop ends, or the round was good. */
  readonly kind: 'connection' | 'loop' | 'verdict';
  /** Of a loop. */
  readonly maxRounds: number | null;
};

/** In the document's order, its own loop first, a verdict on the round last. *Else* has no condition of its own. */
export function conditionsFrom(state: SessionState, id: AgentId): Condition[] {
  const loops = flowGraphOfSession(state).loops.filter(({ source }) => source === id);
  const maxRounds = new Map(loops.map((loop) => [loop.id, loop.maxRounds]));
  const conditionOfLoop = (connectionId: ConnectionId, text = '', expression = ''): Condition[] => {
    const most = maxRounds.get(connectionId);
    if (most === undefined) return [];
    return written({ connectionId, kind: 'loop', maxRounds: most }, text, expression);
  };
  const own = state.workflow.agents.find((agent) => agent.id === id)?.loop;
  return [
    ...conditionOfLoop(ownLoopId(id), own?.exitCondition),
    ...outgoing(state, id).flatMap((connection) => {
      const { id: connectionId, condition = '', expression = '', loopCondition } = connection;
      if (connection.flowType === 'loop')
        return conditionOfLoop(connectionId, loopCondition, expression);
      if (connection.flowType !== 'conditional' || connection.isElse === true) return [];
      return written({ connectionId, kind: 'connection', maxRounds: null }, condition, expression);
    }),
    ...verdictOf(state, id),
  ];
}

function verdictOf({ workflow }: SessionState, id: AgentId): Condition[] {
  if (!verifiersOf(workflow).some((agent) => agent.id === id)) return [];
  const about = { connectionId: verdictId(id), kind: 'verdict', maxRounds: null } as const;
  return [{ ...about, by: 'agent', text: VERDICT_CONDITION }];
}

/** Where both are written, the expression decides. */
function written(
  condition: Omit<Condition, 'by' | 'text'>,
  text: string,
  expression: string,
): Condition[] {
  if (!isBlank(expression)) return [{ ...condition, by: 'expression', text: expression }];
  return isBlank(text) ? [] : [{ ...condition, by: 'agent', text: text.trim() }];
}

/** Those that nothing was decided about on this attempt's work. */
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

/** Nothing depends on it: the loop ends with this round either way. */
export function isLastRound(state: SessionState, { connectionId, maxRounds }: Condition): boolean {
  return maxRounds !== null && loopRound(state.flow, connectionId) >= maxRounds;
}

/** The connections over which an agent may hand something on, in the document's order. */
export function outgoing(state: SessionState, id: AgentId): Connection[] {
  return state.workflow.connections.filter(({ source }) => source === id);
}
