import { showToast } from '../design/toasts.tsx';
import { currentRoute, navigate, openExecution } from '../kernel/route.ts';
import { mergedNews, type News, summaryOf, toneOfNews } from './news.ts';

/** What stands in the message about sessions that is on the screen: there is one, however much happens. */
let shown: readonly News[] = [];

const isLookedAt = () => document.visibilityState === 'visible' && document.hasFocus();

/** Tells of sessions: on the desktop when nobody looks at this window, and in the window but for what is in sight. */
export function announce(news: readonly News[]): void {
  if (news.length === 0) return;
  if (!isLookedAt()) tellDesktop(news);
  const route = currentRoute();
  const inSight = route.dialog === 'execution' ? route.session : null;
  const unseen = news.filter(({ sessionId }) => sessionId !== inSight);
  if (unseen.length === 0) return;
  shown = mergedNews(shown, unseen);
  show(shown);
}

function show(news: readonly News[]): void {
  const [only] = news;
  const message =
    news.length === 1 && only !== undefined
      ? {
          title: only.title,
          description: only.description,
          action: { label: 'Open', run: () => openExecution(only.sessionId) },
        }
      : {
          title: summaryOf(news),
          action: { label: 'Show', run: () => navigate({ dialog: 'all-sessions' }) },
        };
  showToast({
    ...message,
    tone: toneOfNews(news),
    key: 'sessions',
    onRemove: () => {
      if (shown === news) shown = [];
    },
  });
}

/** More than this many at once become one message: nobody reads twenty. */
const mostAtOnce = 3;

function tellDesktop(news: readonly News[]): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  if (news.length > mostAtOnce) {
    notify(summaryOf(news), undefined, null);
    return;
  }
  for (const { title, description, sessionId } of news) notify(title, description, sessionId);
}

function notify(title: string, body: string | undefined, sessionId: string | null): void {
  const notification = new Notification(title, {
    icon: '/icon-192.png',
    ...(body !== undefined && { body }),
    ...(sessionId !== null && { tag: sessionId }),
  });
  notification.onclick = () => {
    window.focus();
    if (sessionId !== null) openExecution(sessionId);
  };
}
