import { createContext, useContext } from 'react';
import type { Backend } from '../../contract/cloud-name.ts';
import type { EventView } from '../../contract/event-views.ts';
import { connectionName, flowEventText } from '../../contract/flow-text.ts';
import { type LaunchEvent, launchWords } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { capitalized } from '../../lib/format.ts';
import { Note } from './transcript-note.tsx';

/**
 * The session of a transcript, for the few rows that name parts of it. A context, so that the other rows are not drawn
 * again whenever the session changes.
 */
const TranscriptSession = createContext<SessionDetail | null>(null);
export const TranscriptSessionProvider = TranscriptSession.Provider;

/** Which attempt a prompt started, in which round. */
export function PromptTitle({ title }: { title: string | LaunchEvent }) {
  const session = useContext(TranscriptSession);
  if (typeof title === 'string') return title;
  const words = session === null ? '' : launchWords(title, session);
  return `${words === '' ? `Attempt ${title.attempt}` : capitalized(words)}: prompt`;
}

/** What was decided about the work of the agent, or by it. */
export function FlowNote({
  at,
  event,
  backend,
}: {
  at: string;
  event: EventView;
  backend: Backend;
}) {
  const session = useContext(TranscriptSession);
  const words = flowEventText(event, (id) =>
    session === null ? `"${id}"` : connectionName(id, session, '→'),
  );
  if (words === null) return null;
  const tone = words.isUrgent ? 'warning' : 'plain';
  return <Note row={{ at, tone, text: capitalized(words.text) }} backend={backend} />;
}
