import type { RoundView } from './flow-views.ts';
import type { SessionView } from './session-views.ts';

/** Which round of an agent it is: of the loop around it, and of the whole workflow where that is repeated too. */
export function roundWords(
  { round, rounds, workflowRound }: Pick<RoundView, 'round' | 'rounds' | 'workflowRound'>,
  { workflowRound: whole }: Pick<SessionView, 'workflowRound'>,
): string {
  if (whole === null) return `Round ${round} of ${rounds}`;
  return rounds === 1
    ? `Round ${workflowRound} of ${whole.most}`
    : `Round ${workflowRound}, ${round} of ${rounds}`;
}
