import { ApiError } from '../../contract/errors.ts';
import type { EventView } from '../../contract/event-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { notificationOf, type SessionNotification } from './session-notification.ts';
import { lastTransitions, type Transition } from './transitions.ts';

export type NotifierPorts = {
  /** Runs one task at a time across all windows, so that one of them announces each event. */
  readonly exclusively: (task: () => Promise<void>) => Promise<unknown>;
  /** The position up to which everything was announced, shared by all windows. */
  readonly position: () => number;
  readonly advance: (position: number) => void;
  readonly isEnabled: () => Promise<boolean>;
  readonly loadSession: (sessionId: string) => Promise<SessionDetail>;
  /** Records a need of a session; false if it was already recorded. */
  readonly rememberNeed: (sessionId: string, need: string) => boolean;
  readonly announce: (notifications: readonly SessionNotification[]) => void;
};

/** A failure that repeats this often is not a restart of the daemon, and must not hold up later notifications. */
const maxAttempts = 5;

/**
 * Announces relevant transitions, once across all windows and reloads. If the daemon does not respond between an event
 * and the loading of its session, the event waits: call the function again, with or without new events, once it does.
 */
export function createNotifier(ports: NotifierPorts) {
  let waiting: readonly EventView[] = [];
  let failures = 0;
  const announceWaiting = async () => {
    waiting = waiting.filter(({ position }) => position > ports.position());
    const last = waiting.at(-1);
    if (last === undefined) return;
    try {
      await announceTransitions(ports, lastTransitions(waiting));
    } catch (error) {
      failures += 1;
      if (failures < maxAttempts) return;
      console.warn('Some changes of sessions could not be announced.', error);
    }
    failures = 0;
    waiting = [];
    ports.advance(last.position);
  };
  return (events: readonly EventView[]): Promise<unknown> =>
    ports.exclusively(() => {
      waiting = [...waiting, ...events];
      return announceWaiting();
    });
}

async function announceTransitions(
  ports: NotifierPorts,
  transitions: readonly Transition[],
): Promise<void> {
  if (transitions.length === 0 || !(await ports.isEnabled())) return;
  const loaded = await loadAll(ports, transitions);
  // Only after everything was loaded: a need that is remembered but not announced would be lost.
  ports.announce(loaded.flatMap((each) => toNotification(ports, each)));
}

type Loaded = { readonly transition: Transition; readonly session: SessionDetail | 'counted' };

/** Beyond this many only the number is shown, so the sessions are not loaded. */
const maxLoaded = 10;

async function loadAll(
  { loadSession }: NotifierPorts,
  transitions: readonly Transition[],
): Promise<Loaded[]> {
  const needs = transitions.filter(({ kind }) => kind === 'needs-you').slice(0, maxLoaded);
  const endings = transitions.filter(({ kind }) => kind !== 'needs-you');
  const isMany = endings.length > maxLoaded;
  const load = async (transition: Transition): Promise<Loaded | null> => {
    try {
      return { transition, session: await loadSession(transition.sessionId) };
    } catch (error) {
      // Deleted meanwhile.
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  };
  const loaded = await Promise.all([
    ...needs.map(load),
    ...endings.map((ending) =>
      isMany ? ({ transition: ending, session: 'counted' } as const) : load(ending),
    ),
  ]);
  return loaded.filter((each) => each !== null);
}

function toNotification(
  { rememberNeed }: NotifierPorts,
  { transition: { sessionId, kind }, session }: Loaded,
): SessionNotification[] {
  if (kind === 'cancelled') return [];
  // A notification that is only counted needs no title.
  if (session === 'counted') return [{ sessionId, kind, title: '' }];
  if (kind === 'needs-you' && !isNewNeed(session, rememberNeed)) return [];
  return [notificationOf(session, kind)];
}

/** A new question is a new need, the same one recorded again is not. */
function isNewNeed(
  { id, needsYou, requests, questions }: SessionDetail,
  rememberNeed: NotifierPorts['rememberNeed'],
): boolean {
  const need = [needsYou?.code, (questions[0] ?? requests[0])?.id].join(' ').trimEnd();
  return needsYou !== null && rememberNeed(id, need);
}
