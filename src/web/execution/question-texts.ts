import type { QuestionView } from '../../contract/session-views.ts';

/** The title, labels and hint of a question, by its kind. */
export function questionTexts(
  { kind, agentId, targetAgentId }: QuestionView,
  nameOf: (id: string) => string,
) {
  const name = nameOf(agentId);
  const waits =
    targetAgentId === null || targetAgentId === agentId
      ? ''
      : `${nameOf(targetAgentId)} is waiting for it`;
  switch (kind) {
    case 'gate':
      return {
        title: `Approve the work of ${name}?`,
        waits,
        approve: 'Approve',
        reject: 'Reject',
        noteHint: 'Optional. If you ask for changes, describe them here.',
      };
    case 'plan':
      return {
        title: `Approve the plan of ${name}?`,
        waits: '',
        approve: 'Approve',
        reject: 'Reject',
        noteHint: 'Optional. If you ask for changes, describe them here.',
      };
    case 'edits':
      return {
        title: "Approve the planner's edits?",
        waits: 'The next round is waiting for them',
        approve: 'Approve',
        reject: 'Reject',
        noteHint: 'Optional. If you ask for changes, describe them here.',
      };
    case 'condition':
      return {
        title: `Does the condition of ${name} hold?`,
        waits,
        approve: 'It holds',
        reject: 'It does not hold',
        noteHint: 'Optional: why.',
      };
    default:
      return kind satisfies never;
  }
}
