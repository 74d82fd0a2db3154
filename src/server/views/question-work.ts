import { withoutDecisions } from '../../handoff/decisions.ts';
import type { Question } from '../../session/flow/questions.ts';
import { agentOf, attemptOf, workOf } from '../../session/select.ts';
import type { SessionState, Turn } from '../../session/state.ts';

/** More than this is read in the agent's transcript. */
const SHOWN_LENGTH = 6_000;
/** What stands behind this cannot be shown, whatever is left out before it. */
const READ_LENGTH = 4 * SHOWN_LENGTH;

const shown = new WeakMap<Turn, string>();

/**
 * The work that a question is about, as far as it can be shown: neither the answer to a question that only asked for a
 * decision, nor the decisions in the work. Null where a plan or edits are shown instead, or nothing was said.
 */
export function questionWork(state: SessionState, question: Question): string | null {
  if (question.kind === 'plan' || question.kind === 'edits') return null;
  const { agentId, attempt: number } = question.kind === 'condition' ? question : question.gate;
  const agent = agentOf(state, agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const turn = attempt === undefined ? undefined : workOf(attempt);
  if (turn === undefined) return null;
  const text = shown.get(turn) ?? shownText(turn.ended?.result ?? '');
  shown.set(turn, text);
  return text === '' ? null : text;
}

function shownText(result: string): string {
  const text = withoutDecisions(result.slice(0, READ_LENGTH)).trim();
  return text.length > SHOWN_LENGTH || result.length > READ_LENGTH
    ? `${text.slice(0, SHOWN_LENGTH)}…`
    : text;
}
