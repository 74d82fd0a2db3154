import { withoutDecisions } from '../../handoff/decisions.ts';
import type { Question } from '../../session/flow/questions.ts';
import { agentOf, attemptOf, workOf } from '../../session/select.ts';
import type { SessionState, Turn } from '../../session/state.ts';

/** Longer text can be read in the agent's transcript. */
const MAX_LENGTH = 6_000;
/** Only this much of a result is parsed, because decisions are removed before the text is cut. */
const MAX_PARSED_LENGTH = 4 * MAX_LENGTH;

const cache = new WeakMap<Turn, string>();

/**
 * The text of the work that a question is about, without decisions and answers to decision requests. Null if a plan or
 * edits are shown instead, or if there is no text.
 */
export function questionWork(state: SessionState, question: Question): string | null {
  if (question.kind === 'plan' || question.kind === 'edits') return null;
  const { agentId, attempt: number } = question.kind === 'condition' ? question : question.gate;
  const agent = agentOf(state, agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const turn = attempt === undefined ? undefined : workOf(attempt);
  if (turn === undefined) return null;
  const text = cache.get(turn) ?? excerpt(turn.ended?.result ?? '');
  cache.set(turn, text);
  return text === '' ? null : text;
}

function excerpt(result: string): string {
  const text = withoutDecisions(result.slice(0, MAX_PARSED_LENGTH)).trim();
  return text.length > MAX_LENGTH || result.length > MAX_PARSED_LENGTH
    ? `${text.slice(0, MAX_LENGTH)}…`
    : text;
}
