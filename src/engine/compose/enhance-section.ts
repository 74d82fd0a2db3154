import type { RoundFailure } from '../../session/enhance/enhance-events.ts';
import { fence, oneLine, section } from './markdown.ts';

/** What agents are told about a further round of the whole workflow. */
export type EnhanceRound = {
  readonly number: number;
  readonly maxRounds: number;
  readonly failures: readonly RoundFailure[];
  readonly feedback: readonly string[];
  /** The planner's summary of its edits. */
  readonly summary: string | null;
  /** The user's note to the approval of the edits. */
  readonly note: string | null;
  /** The agent continues in its thread. */
  readonly isContinued: boolean;
};

/** Empty if there is no further round. */
export function enhanceSection(round: EnhanceRound | null): string {
  if (round === null) return '';
  const { number, maxRounds, failures, feedback, summary, note, isContinued } = round;
  return section(
    `Round ${number} of at most ${maxRounds} of the whole workflow`,
    [
      'The last round did not succeed, so the workflow was improved, and all of its agents work again. ' +
        (isContinued
          ? 'You have worked in it before. Your current task is below; it may have changed. Keep what is right in your work, and fix what is not.'
          : 'Keep what is right in the existing work, and fix what is not.'),
      failures.length === 0
        ? ''
        : `What was not good in round ${number - 1}:\n\n${failures.map(failureLine).join('\n')}`,
      summary === null ? '' : `What was changed in the workflow:\n\n${fence(summary, 'planner')}`,
      ...feedback.map((text) => `Feedback from the user:\n\n${fence(text, 'feedback')}`),
      note === null ? '' : `Note from the user:\n\n${fence(note, 'feedback')}`,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}

export const reasonText: Readonly<Record<RoundFailure['reason'], string>> = {
  failed: 'failed',
  cancelled: 'was cancelled',
  rejected: 'was not started because the user rejected the work that it depends on',
  blocked: 'was not started',
  verdict: 'says that the work is not right',
};

export function failureLine({ name, reason, failure }: RoundFailure): string {
  return `- ${oneLine(name)} ${reasonText[reason]}: ${oneLine(failure.message)}`;
}
