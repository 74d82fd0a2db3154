import type { EventView } from '../../contract/event-views.ts';
import type { LaunchEvent } from '../../contract/round-text.ts';
import { fieldsOf } from '../../lib/fields.ts';
import type { NoteRow } from './transcript-rows.ts';

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
const messageIn = (value: unknown): string => textIn(fieldsOf(value).message);

/** What the agent was told, where an event says so. */
export function promptIn(
  event: EventView,
): { title: string | LaunchEvent; text: string; isOwn: boolean } | null {
  if (event.type === 'LaunchIntended') {
    const { agentId, round, attempt } = event;
    const title = { agentId: agentId ?? '', round: Number(round ?? 1), attempt: Number(attempt) };
    return { title, text: textIn(event.prompt), isOwn: false };
  }
  if (event.type !== 'FollowUpIntended') return null;
  const title = ownFollowUps[String(event.purpose)];
  return { title: title ?? 'Follow-up', text: textIn(event.prompt), isOwn: title === undefined };
}

/** What Cerevisor itself sends to an agent, next to the prompts of its attempts. */
const ownFollowUps: Readonly<Record<string, string>> = {
  'handoff-repair': 'Asked to repair the hand-off',
  resume: 'Asked to resume the interrupted work',
  decision: 'Asked whether its conditions hold',
  changes: 'Asked for changes',
  'carry-out': 'Asked to carry out the plan',
};

/** The plan that a person changed before they approved it. */
export function editedPlanIn({
  type,
  plan,
}: EventView): { readonly proposed: string; readonly edited: string } | null {
  if (type !== 'GateAnswered' || plan === undefined) return null;
  const { proposed, edited } = fieldsOf(plan);
  return { proposed: textIn(proposed), edited: textIn(edited) };
}

type Note = Pick<NoteRow, 'tone' | 'text'>;

/** What happened to the agent, in one line. */
export function noteOf(event: EventView): Note | null {
  switch (event.type) {
    case 'Launched':
      return {
        tone: 'plain',
        text: event.adopted === true ? 'Found running in the cloud' : 'Started',
      };
    case 'LaunchUncertain':
      // Sent and not yet answered is what every launch is for a moment.
      return fieldsOf(event.failure).code === 'launch_in_flight'
        ? null
        : { tone: 'warning', text: messageIn(event.failure) };
    case 'CancelUnconfirmed':
      return { tone: 'warning', text: messageIn(event.failure) };
    case 'LaunchRejected':
    case 'FollowUpRejected':
      return { tone: 'error', text: messageIn(event.failure) };
    case 'StreamGap':
      return {
        tone: 'warning',
        text: `Part of the transcript is missing: ${textIn(event.detail)}`,
      };
    case 'RunEnded': {
      const isFine = event.outcome === 'finished';
      const cause = messageIn(event.failure);
      if (event.outcome === 'interrupted')
        return { tone: 'warning', text: cause === '' ? 'Interrupted' : `Interrupted: ${cause}` };
      const notes = Array.isArray(event.notes) ? event.notes.map(textIn).join(' ') : '';
      if (isFine && notes !== '') return { tone: 'warning', text: `Finished. ${notes}` };
      const finished =
        event.isUnconfirmed === true
          ? 'Finished according to the stream; the record does not say so yet'
          : 'Finished';
      return isFine
        ? { tone: 'plain', text: finished }
        : { tone: 'error', text: cause || `Ended: ${textIn(event.outcome)}` };
    }
    case 'EndChecked':
      return event.status === 'FINISHED'
        ? { tone: 'plain', text: 'The record confirms that it finished' }
        : { tone: 'warning', text: `The record says ${textIn(event.status)}` };
    case 'RetryRequested':
      return { tone: 'plain', text: 'Retried at your request' };
    case 'CancelRequested':
      return { tone: 'plain', text: 'Cancellation requested' };
    default:
      return null;
  }
}
