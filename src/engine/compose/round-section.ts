import { oneLine, section } from './markdown.ts';
import type { Round } from './prompt-parts.ts';

/** The section about a further round of a loop. Empty in the first round. */
export function roundSection(round: Round | null): string {
  if (round === null) return '';
  const { number, maxRounds, reason, exitCondition, template } = round;
  return section(
    `Round ${number} of at most ${maxRounds}`,
    [
      'You have done this work before in this session. It is not finished: continue from its current state, and improve it.',
      exitCondition === null ? '' : `It is finished when: ${oneLine(exitCondition)}`,
      reason === null ? '' : `Why another round is needed: ${oneLine(reason)}`,
      template ?? '',
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}
