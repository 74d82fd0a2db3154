import { showToast } from '../design/toasts.tsx';
import { currentRoute, navigate, openExecution } from '../kernel/route.ts';
import {
  mergeNotifications,
  type SessionNotification,
  summarize,
  toneOf,
} from './session-notification.ts';

/** The notifications in the current toast. There is only one, however many sessions it covers. */
let shown: readonly SessionNotification[] = [];

const isWindowActive = () => document.visibilityState === 'visible' && document.hasFocus();

/**
 * Shows notifications on the desktop if this window is in the background, and as a toast unless their session is on the
 * screen.
 */
export function announce(notifications: readonly SessionNotification[]): void {
  if (notifications.length === 0) return;
  if (!isWindowActive()) showOnDesktop(notifications);
  const route = currentRoute();
  const visibleSession = route.dialog === 'execution' ? route.session : null;
  const others = notifications.filter(({ sessionId }) => sessionId !== visibleSession);
  if (others.length === 0) return;
  shown = mergeNotifications(shown, others);
  showAsToast(shown);
}

function showAsToast(notifications: readonly SessionNotification[]): void {
  const [only] = notifications;
  const message =
    notifications.length === 1 && only !== undefined
      ? {
          title: only.title,
          description: only.description,
          action: { label: 'Open', run: () => openExecution(only.sessionId) },
        }
      : {
          title: summarize(notifications),
          action: { label: 'Show', run: () => navigate({ dialog: 'all-sessions' }) },
        };
  showToast({
    ...message,
    tone: toneOf(notifications),
    key: 'sessions',
    onRemove: () => {
      if (shown === notifications) shown = [];
    },
  });
}

/** More than this many are combined into one desktop notification. */
const maxSeparate = 3;

function showOnDesktop(notifications: readonly SessionNotification[]): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  if (notifications.length > maxSeparate) {
    showDesktopNotification(summarize(notifications), undefined, null);
    return;
  }
  for (const { title, description, sessionId } of notifications)
    showDesktopNotification(title, description, sessionId);
}

function showDesktopNotification(
  title: string,
  body: string | undefined,
  sessionId: string | null,
): void {
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
