import type { SessionView } from '../../contract/session-views.ts';
import { plural } from '../../lib/format.ts';
import type { ToastTone } from '../design/toasts.tsx';
import type { Transition } from './transitions.ts';

export type NotificationKind = Exclude<Transition['kind'], 'cancelled'>;

export type SessionNotification = {
  readonly sessionId: string;
  readonly kind: NotificationKind;
  readonly title: string;
  readonly description?: string | undefined;
};

const verbs: Record<NotificationKind, string> = {
  'needs-you': 'needs you',
  failed: 'failed',
  finished: 'finished',
};

const tones: Record<NotificationKind, ToastTone> = {
  'needs-you': 'attention',
  failed: 'failed',
  finished: 'success',
};

/** The tone of the most severe notification. */
export const toneOf = (notifications: readonly SessionNotification[]): ToastTone =>
  tones[bySeverity.find((kind) => notifications.some((each) => each.kind === kind)) ?? 'finished'];

const bySeverity: readonly NotificationKind[] = ['needs-you', 'failed', 'finished'];

export function notificationOf(session: SessionView, kind: NotificationKind): SessionNotification {
  const failed = session.agents.find(({ status }) => status === 'failed');
  const reasons: Record<NotificationKind, string | undefined> = {
    'needs-you': session.needsYou?.message,
    failed: failed?.error ? `${failed.name}: ${failed.error.message}` : undefined,
    finished: undefined,
  };
  return {
    sessionId: session.id,
    kind,
    title: `${session.workflow.name} ${verbs[kind]}`,
    description: reasons[kind],
  };
}

/** `2 sessions failed, 3 finished`: the most severe first. */
export function summarize(notifications: readonly SessionNotification[]): string {
  const parts = bySeverity.flatMap((kind) => {
    const count = notifications.filter((each) => each.kind === kind).length;
    if (count === 0) return [];
    return [{ count, verb: kind === 'needs-you' && count > 1 ? 'need you' : verbs[kind] }];
  });
  return parts
    .map(({ count, verb }, index) =>
      index > 0 ? `${count} ${verb}` : `${plural(count, 'session')} ${verb}`,
    )
    .join(', ');
}

/** Adds new notifications to those still shown. For each session the newest one counts. */
export function mergeNotifications(
  before: readonly SessionNotification[],
  incoming: readonly SessionNotification[],
): SessionNotification[] {
  const isReplaced = ({ sessionId }: SessionNotification) =>
    incoming.some((each) => each.sessionId === sessionId);
  return [...before.filter((each) => !isReplaced(each)), ...incoming];
}
