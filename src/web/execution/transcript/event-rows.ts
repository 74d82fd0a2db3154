import type { EventView } from '../../../contract/event-views.ts';
import type { LaunchEvent } from '../../../contract/round-text.ts';
import { fieldsOf } from '../../../lib/fields.ts';
import type { NoteRow } from './rows.ts';

const stringOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');
const messageOf = (value: unknown): string => stringOrEmpty(fieldsOf(value).message);

/** The prompt that an event sent to the agent, or null. */
export function promptOf(
  event: EventView,
): { title: string | LaunchEvent; text: string; isFromUser: boolean } | null {
  if (event.type === 'LaunchIntended') {
    const { agentId, round, attempt } = event;
    const title = { agentId: agentId ?? '', round: Number(round ?? 1), attempt: Number(attempt) };
    return { title, text: stringOrEmpty(event.prompt), isFromUser: false };
  }
  if (event.type !== 'FollowUpIntended') return null;
  const title = systemFollowUpTitles[String(event.purpose)];
  return {
    title: title ?? 'Follow-up',
    text: stringOrEmpty(event.prompt),
    isFromUser: title === undefined,
  };
}

/** Follow-ups that Cerevisor sends on its own. */
const systemFollowUpTitles: Readonly<Record<string, string>> = {
  'handoff-repair': 'Asked to repair the hand-off',
  resume: 'Asked to resume the interrupted work',
  decision: 'Asked whether its conditions hold',
  changes: 'Asked for changes',
  'carry-out': 'Asked to carry out the plan',
};

/** The plan that the user edited before approving it, or null. */
export function editedPlanOf({
  type,
  plan,
}: EventView): { readonly proposed: string; readonly edited: string } | null {
  if (type !== 'GateAnswered' || plan === undefined) return null;
  const { proposed, edited } = fieldsOf(plan);
  return { proposed: stringOrEmpty(proposed), edited: stringOrEmpty(edited) };
}

type Note = Pick<NoteRow, 'tone' | 'text'>;

/** What happened to the agent, in one line; null for events that are not shown. */
export function noteOf(event: EventView): Note | null {
  switch (event.type) {
    case 'Launched':
      return {
        tone: 'plain',
        text: event.adopted === true ? 'Found running in the cloud' : 'Started',
      };
    case 'LaunchUncertain':
      // Every launch is in flight for a moment; that is not worth a note.
      return fieldsOf(event.failure).code === 'launch_in_flight'
        ? null
        : { tone: 'warning', text: messageOf(event.failure) };
    case 'CancelUnconfirmed':
      return { tone: 'warning', text: messageOf(event.failure) };
    case 'LaunchRejected':
    case 'FollowUpRejected':
      return { tone: 'error', text: messageOf(event.failure) };
    case 'StreamGap':
      return {
        tone: 'warning',
        text: `Part of the transcript is missing: ${stringOrEmpty(event.detail)}`,
      };
    case 'RunEnded':
      return runEndedNote(event);
    case 'EndChecked':
      return event.status === 'FINISHED'
        ? { tone: 'plain', text: 'The record confirms that it finished' }
        : { tone: 'warning', text: `The record says ${stringOrEmpty(event.status)}` };
    case 'RetryRequested':
      return { tone: 'plain', text: 'Retried at your request' };
    case 'CancelRequested':
      return { tone: 'plain', text: 'Cancellation requested' };
    default:
      return null;
  }
}

function runEndedNote(event: EventView): Note {
  const cause = messageOf(event.failure);
  if (event.outcome === 'interrupted')
    return { tone: 'warning', text: cause === '' ? 'Interrupted' : `Interrupted: ${cause}` };
  if (event.outcome !== 'finished')
    return { tone: 'error', text: cause || `Ended: ${stringOrEmpty(event.outcome)}` };
  const notes = Array.isArray(event.notes) ? event.notes.map(stringOrEmpty).join(' ') : '';
  if (notes !== '') return { tone: 'warning', text: `Finished. ${notes}` };
  const text =
    event.isUnconfirmed === true
      ? 'Finished according to the stream; the record does not say so yet'
      : 'Finished';
  return { tone: 'plain', text };
}
