import type { QueryClient } from '@tanstack/react-query';
import type { EventView } from '../../contract/event-views.ts';
import type { PreferencesView } from '../../contract/responses.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { api } from '../kernel/api.ts';
import { onEvents } from '../kernel/live-updates.ts';
import { queryKeys } from '../kernel/queries.ts';
import { announce } from './announce.ts';
import { advanceCursor } from './cursor.ts';
import { rememberNeed } from './notified-needs.ts';
import { notificationOf, type SessionNotification } from './session-notification.ts';
import { lastTransitions, type Transition } from './transitions.ts';

/** Announces relevant transitions, once across all windows and reloads. */
export function startNotifications(client: QueryClient): void {
  onEvents((events) => {
    const last = events.at(-1);
    if (last === undefined) return;
    // All windows receive the same events at the same time; a lock lets one of them announce each.
    void navigator.locks.request('cerevisor.notify', async () => {
      const previous = advanceCursor(last.position);
      await notifyOf(
        client,
        events.filter(({ position }) => position > previous),
      );
    });
  });
}

async function notifyOf(client: QueryClient, events: readonly EventView[]): Promise<void> {
  const transitions = lastTransitions(events);
  if (transitions.length === 0) return;
  const preferences = await client.ensureQueryData<PreferencesView>({
    queryKey: queryKeys.preferences,
    queryFn: api.preferences,
  });
  if (!preferences.notifications) return;
  announce(await notificationsFor(transitions));
}

/** Beyond this many only the number is shown, so the sessions are not loaded. */
const maxLoaded = 10;

async function notificationsFor(
  transitions: readonly Transition[],
): Promise<SessionNotification[]> {
  const needs = transitions.filter(({ kind }) => kind === 'needs-you').slice(0, maxLoaded);
  const endings = transitions.filter(({ kind }) => kind !== 'needs-you');
  const isMany = endings.length > maxLoaded;
  const notifications = await Promise.all([
    ...needs.map(loadNotification),
    ...endings.map((ending) => (isMany ? countedNotification(ending) : loadNotification(ending))),
  ]);
  return notifications.filter((each) => each !== null);
}

/** A notification that is only counted needs no title. */
const countedNotification = ({ sessionId, kind }: Transition): SessionNotification | null =>
  kind === 'cancelled' ? null : { sessionId, kind, title: '' };

/** Identifies a need: a new question is a new need, the same one recorded again is not. */
const needKey = ({ needsYou, requests, questions }: SessionDetail): string =>
  [needsYou?.code, (questions[0] ?? requests[0])?.id].join(' ').trimEnd();

async function loadNotification({
  sessionId,
  kind,
}: Transition): Promise<SessionNotification | null> {
  if (kind === 'cancelled') return null;
  const session = await api.session(sessionId);
  const { needsYou } = session;
  if (kind === 'needs-you' && (needsYou === null || !rememberNeed(sessionId, needKey(session))))
    return null;
  return notificationOf(session, kind);
}
