import type { QueryClient } from '@tanstack/react-query';
import type { EventView } from '../../contract/event-views.ts';
import type { PreferencesView } from '../../contract/responses.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { api } from '../kernel/api.ts';
import { onEvents } from '../kernel/live-updates.ts';
import { queryKeys } from '../kernel/queries.ts';
import { announce } from './announce.ts';
import { advanceCursor } from './cursor.ts';
import { rememberNeed } from './needs.ts';
import { type News, newsOf } from './news.ts';
import { type Transition, transitionsIn } from './transitions.ts';

/** Tells of the transitions that matter, once over all windows and reloads. */
export function startNotifying(client: QueryClient): void {
  onEvents((events) => {
    const last = events.at(-1);
    if (last === undefined) return;
    // Windows hear the same events at the same time; only one may tell, so they take turns through a lock.
    void navigator.locks.request('cerevisor.notify', async () => {
      const told = advanceCursor(last.position);
      await tell(
        client,
        events.filter(({ position }) => position > told),
      );
    });
  });
}

async function tell(client: QueryClient, events: readonly EventView[]): Promise<void> {
  const transitions = transitionsIn(events);
  if (transitions.length === 0) return;
  const preferences = await client.ensureQueryData<PreferencesView>({
    queryKey: queryKeys.preferences,
    queryFn: api.preferences,
  });
  if (!preferences.notifications) return;
  announce(await newsAbout(transitions));
}

/** Of more than this many only their number is told, so that they need not be read. */
const mostRead = 10;

async function newsAbout(transitions: readonly Transition[]): Promise<News[]> {
  const needs = transitions.filter(({ kind }) => kind === 'needs-you').slice(0, mostRead);
  const endings = transitions.filter(({ kind }) => kind !== 'needs-you');
  const isMany = endings.length > mostRead;
  const news = await Promise.all([
    ...needs.map(readNews),
    ...endings.map((ending) => (isMany ? bareNews(ending) : readNews(ending))),
  ]);
  return news.filter((each) => each !== null);
}

/** What is only counted needs no name. */
const bareNews = ({ sessionId, kind }: Transition): News | null =>
  kind === 'cancelled' ? null : { sessionId, kind, title: '' };

/** What is asked again is a need of its own; what is only stated again is not. */
const needOf = ({ needsYou, requests, questions }: SessionDetail): string =>
  [needsYou?.code, (questions[0] ?? requests[0])?.id].join(' ').trimEnd();

async function readNews({ sessionId, kind }: Transition): Promise<News | null> {
  if (kind === 'cancelled') return null;
  const session = await api.session(sessionId);
  const { needsYou } = session;
  if (kind === 'needs-you' && (needsYou === null || !rememberNeed(sessionId, needOf(session))))
    return null;
  return newsOf(session, kind);
}
