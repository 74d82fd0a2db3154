import { DECISION_LANGUAGE, readDecisions } from '../handoff/decisions.ts';
import { isBlank } from '../lib/blank.ts';
import { type Condition, conditionsFrom } from '../session/conditions.ts';
import type { Decision } from '../session/flow/flow-state.ts';
import { documentOf, purposeOf } from '../session/select.ts';
import type { Attempt, SessionState, Turn } from '../session/state.ts';
import type { AgentId } from '../workflow/ids.ts';

/* A decision is made with an agent's work. What the agent says in later turns does not change it, and users are told so. */

/** A condition about which a later message disagrees with the stored decision. */
export type LaterStatement = {
  readonly condition: Condition;
  readonly decision: Decision;
  /** What the message says. */
  readonly holds: boolean;
};

/** Longer replies are not read to their end, because this runs while the session waits. */
const MAX_PARSED_LENGTH = 24_000;

/** The statements of a turn's message that come too late to count. */
export function laterStatements(
  state: SessionState,
  agentId: AgentId,
  attempt: Attempt,
  turn: Turn,
  message: string,
): LaterStatement[] {
  const purpose = purposeOf(attempt, turn);
  const text = message.slice(0, MAX_PARSED_LENGTH);
  if ((purpose !== 'message' && purpose !== 'changes') || !mayDecide(text)) return [];
  const conditions = conditionsFrom(state, agentId).filter(({ by }) => by === 'agent');
  const { decisions: stated } = readDecisions(
    text,
    conditions.map(({ connectionId }) => connectionId),
  );
  return conditions.flatMap((condition) => {
    const answer = stated[condition.connectionId];
    const decision = state.flow.decisions.find(
      (one) => one.connectionId === condition.connectionId && one.attempt === attempt.number,
    );
    if (answer?.kind !== 'decided' || decision === undefined) return [];
    if (decision.at > turn.startedAt || decision.holds === answer.holds) return [];
    return [{ condition, decision, holds: answer.holds }];
  });
}

/** A quick test, because only few messages contain decisions. */
const mayDecide = (text: string): boolean =>
  text.includes(DECISION_LANGUAGE) || text.includes('holds');

/** The statement and its effect, in sentences for the user. */
export function laterStatementText(state: SessionState, statement: LaterStatement): string {
  const { condition, decision, holds } = statement;
  const { subject, claims } = wordingOf(state, condition);
  const said = `In its latest message, the agent says that ${subject} ${claims[holds ? 0 : 1]}`;
  if (decision.holds === null)
    return `${said}. This does not answer the question that waits for you.`;
  const decided = claims[decision.holds ? 0 : 1];
  return `${said}. This no longer counts, because it was already decided that it ${decided}.`;
}

function wordingOf(state: SessionState, { connectionId, kind }: Condition) {
  if (kind === 'verdict')
    return { subject: 'the work', claims: ['is right', 'is not right yet'] } as const;
  const claims = ['holds', 'does not hold'] as const;
  const connection = state.workflow.connections.find(({ id }) => id === connectionId);
  if (connection === undefined) return { subject: 'its exit condition', claims };
  const { label, target } = connection;
  const isLoop = kind === 'loop';
  const name = isBlank(label)
    ? `${isLoop ? 'back ' : ''}to "${documentOf(state, target)?.name ?? target}"`
    : `"${label}"`;
  return {
    subject: `the ${isLoop ? 'exit condition of the loop' : 'condition of the connection'} ${name}`,
    claims,
  };
}
