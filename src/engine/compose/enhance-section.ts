import type { RoundFailure } from '../../session/enhance/enhance-events.ts';
import { fence, oneLine, section } from './markdown.ts';

/** A further round of the whole workflow, as its agents are told about it. */
export type EnhanceRound = {
  readonly number: number;
  readonly most: number;
  readonly failures: readonly RoundFailure[];
  readonly feedback: readonly string[];
  /** What the planner changed, in its words. */
  readonly summary: string | null;
  /** What the person added when the edits were approved. */
  readonly note: string | null;
  /** The agent goes on in its thread. */
  readonly isContinued: boolean;
};

/** Empty where there is no further round. */
export function enhanceSection(round: EnhanceRound | null): string {
  if (round === null) return '';
  const { number, most, failures, feedback, summary, note, isContinued } = round;
  return section(
    `Round ${number} of at most ${most} of the whole workflow`,
    [
      'The last round was not good yet, so the workflow was improved, and all of its agents work once more. ' +
        (isContinued
          ? 'You have worked in it before. Your task stands below as it is now; it may have changed. Keep what is right of your work, and mend what is not.'
          : 'Keep what is right of the work that is there, and mend what is not.'),
      failures.length === 0
        ? ''
        : `What was not good in round ${number - 1}:\n\n${failures.map(failureLine).join('\n')}`,
      summary === null ? '' : `What was changed in the workflow:\n\n${fence(summary, 'planner')}`,
      ...feedback.map((text) => `What the person said:\n\n${fence(text, 'feedback')}`),
      note === null ? '' : `What the person added:\n\n${fence(note, 'feedback')}`,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}

export const reasonWords: Readonly<Record<RoundFailure['reason'], string>> = {
  failed: 'failed',
  cancelled: 'was cancelled',
  rejected: 'was not started, because a person rejected what it was to go on with',
  blocked: 'was not started',
  verdict: 'says that the work is not right',
};

export function failureLine({ name, reason, failure }: RoundFailure): string {
  return `- ${oneLine(name)} ${reasonWords[reason]}: ${oneLine(failure.message)}`;
}
