import type { SessionDetail } from '../../contract/session-views.ts';
import { isBlank } from '../../lib/blank.ts';
import type { Draft, DraftPlace } from './draft-store.ts';

/** The places in a session where a user types a text for an agent or the planner. */

const feedbackId = 'feedback';
const followUpPrefix = 'follow-up ';

/** The note of a question or of a permission request. */
export const notePlace = (sessionId: string, id: string, about: string): DraftPlace => ({
  sessionId,
  id,
  about,
});

export const feedbackPlace = (sessionId: string): DraftPlace => ({
  sessionId,
  id: feedbackId,
  about: 'Feedback on a round',
});

export const followUpPlace = (
  sessionId: string,
  { id, name }: { readonly id: string; readonly name: string },
): DraftPlace => ({
  sessionId,
  id: `${followUpPrefix}${id}`,
  about: `Follow up with ${name}`,
});

/** Drafts of a session whose place is gone, for example because another window answered the question. */
export const strandedDrafts = (drafts: readonly Draft[], session: SessionDetail): Draft[] =>
  drafts.filter(
    (draft) =>
      draft.sessionId === session.id &&
      !draft.isSending &&
      !isBlank(draft.text) &&
      !isPlaceOpen(draft.id, session),
  );

function isPlaceOpen(place: string, { questions, requests, enhance, agents }: SessionDetail) {
  if (place === feedbackId) return enhance?.canGiveFeedback === true;
  // The field stays while there is a draft in it, even if the agent has started again.
  if (place.startsWith(followUpPrefix))
    return agents.some(({ id }) => place === `${followUpPrefix}${id}`);
  return [...questions, ...requests].some(({ id }) => id === place);
}
