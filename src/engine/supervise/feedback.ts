import { enhanceStatus } from '../../session/enhance/enhance-status.ts';
import type { Failure } from '../../session/events.ts';
import { isEnded } from '../../session/select.ts';
import { questionsOf } from '../../session/session-flow.ts';
import type { SessionState } from '../../session/state.ts';
import { inputProblems } from '../../workflow/limits.ts';
import type { EngineContext } from '../context.ts';

/** Stores the user's feedback on the current round. With feedback, the round does not count as successful. */
export function giveFeedback(
  context: EngineContext,
  state: SessionState,
  { text, by }: { readonly text: string; readonly by: string },
): Failure | null {
  const { enhance } = state;
  const refusal = refusalOf(state, text);
  if (refusal !== null || enhance === null) return refusal;
  const { round, feedback } = enhance;
  context.journal.append(state.id, [
    { type: 'FeedbackGiven', round, number: feedback.length + 1, text, by },
  ]);
  return null;
}

function refusalOf(state: SessionState, text: string): Failure | null {
  const { enhance } = state;
  if (enhance === null)
    return {
      code: 'no_rounds',
      message: 'Feedback is for the next round, and this session has only one.',
      suggestion:
        'Turn on Loop & Enhance in the workflow, or send a follow-up to one of the agents.',
    };
  if (isEnded(state) || enhanceStatus(state).kind === 'ended')
    return {
      code: 'rounds_ended',
      message: 'The rounds of this session are over, so nothing would read the feedback.',
      suggestion: 'Send a follow-up to one of the agents, or run the workflow again.',
    };
  if (questionsOf(state).some(({ kind }) => kind === 'edits'))
    return {
      code: 'edits_await_answer',
      message: 'The planner has proposed edits for this round, which wait for your approval.',
      suggestion: 'Ask for changes, and say what you want.',
    };
  if (enhance.round >= state.workflow.settings.loopAndEnhance.maxRounds)
    return {
      code: 'last_round',
      message: `Round ${enhance.round} is the last one, so nothing would read the feedback.`,
      suggestion: 'Send a follow-up to one of the agents when it has finished.',
    };
  const [fault] = inputProblems(text);
  return fault === undefined ? null : { code: fault.code, message: fault.message };
}

/** Whether feedback would be accepted now, for views. */
export const canGiveFeedback = (state: SessionState): boolean => refusalOf(state, '') === null;
