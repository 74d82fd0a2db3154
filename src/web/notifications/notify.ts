import type { QueryClient } from '@tanstack/react-query';
import type { PreferencesView } from '../../server/contract/answers.ts';
import type { EventView, SessionView } from '../../server/contract/views.ts';
import { api } from '../app/api.ts';
import { onEvents } from '../app/live.ts';
import { openExecution } from '../app/place.ts';
import { queryKeys } from '../app/queries.ts';
import { showToast } from '../design/toasts.tsx';
import { advanceCursor } from './cursor.ts';
import { rememberNeed } from './needs.ts';
import { type Transition, transitionsIn } from './transitions.ts';

type Told = Exclude<Transition['kind'], 'cancelled'>;

const words: Record<Told, (session: SessionView) => string> = {
  'needs-you': ({ workflow }) => `${workflow.name} needs you`,
  failed: ({ workflow }) => `${workflow.name} failed`,
  finished: ({ workflow }) => `${workflow.name} finished`,
};

/** More than this many at once become one message: nobody reads twenty. */
const mostAtOnce = 3;

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
  if (transitions.length > mostAtOnce) {
    announce(`${transitions.length} sessions changed while you were away`, undefined, null);
    return;
  }
  for (const { sessionId, kind } of transitions) {
    if (kind === 'cancelled') continue;
    const session = await api.session(sessionId);
    const { needsYou } = session;
    if (kind === 'needs-you' && (needsYou === null || !rememberNeed(sessionId, needsYou.code)))
      continue;
    announce(words[kind](session), kind === 'needs-you' ? needsYou?.message : undefined, sessionId);
  }
}

function announce(title: string, description: string | undefined, sessionId: string | null): void {
  const isSeen = document.visibilityState === 'visible' && document.hasFocus();
  if (!isSeen && 'Notification' in window && Notification.permission === 'granted') {
    const notification = new Notification(title, {
      icon: '/icon-192.png',
      ...(description !== undefined && { body: description }),
      ...(sessionId !== null && { tag: sessionId }),
    });
    notification.onclick = () => {
      window.focus();
      if (sessionId !== null) openExecution(sessionId);
    };
  }
  showToast({
    title,
    description,
    ...(sessionId !== null && {
      action: { label: 'Open', run: () => openExecution(sessionId) },
    }),
  });
}
