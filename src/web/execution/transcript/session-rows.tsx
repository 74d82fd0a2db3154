import { createContext, useContext } from 'react';
import type { Backend } from '../../../contract/cloud-name.ts';
import type { EventView } from '../../../contract/event-views.ts';
import { connectionName, flowEventText } from '../../../contract/flow-text.ts';
import { type LaunchEvent, launchText } from '../../../contract/round-text.ts';
import type { SessionDetail } from '../../../contract/session-views.ts';
import { capitalized } from '../../../lib/format.ts';
import { Note } from './note.tsx';

/**
 * The session of a transcript, for the few rows whose text depends on it. A context, so that the other rows are not
 * rendered again whenever the session changes.
 */
const TranscriptSession = createContext<SessionDetail | null>(null);
export const TranscriptSessionProvider = TranscriptSession.Provider;

/** The title of a prompt: the attempt that it started, and its round. */
export function PromptTitle({ title }: { title: string | LaunchEvent }) {
  const session = useContext(TranscriptSession);
  if (typeof title === 'string') return title;
  const launch = session === null ? '' : launchText(title, session);
  return `${launch === '' ? `Attempt ${title.attempt}` : capitalized(launch)}: prompt`;
}

/** A decision about the agent's work, or by the agent. */
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
  const description = flowEventText(event, (id) =>
    session === null ? `"${id}"` : connectionName(id, session, '→'),
  );
  if (description === null) return null;
  const tone = description.isUrgent ? 'warning' : 'plain';
  return <Note row={{ at, tone, text: capitalized(description.text) }} backend={backend} />;
}
