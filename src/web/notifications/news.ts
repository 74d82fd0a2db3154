import type { SessionView } from '../../contract/session-views.ts';
import { plural } from '../../lib/format.ts';
import type { ToastTone } from '../design/toasts.tsx';
import type { Transition } from './transitions.ts';

export type NewsKind = Exclude<Transition['kind'], 'cancelled'>;

/** What is told about one session. */
export type News = {
  readonly sessionId: string;
  readonly kind: NewsKind;
  readonly title: string;
  readonly description?: string | undefined;
};

const verbs: Record<NewsKind, string> = {
  'needs-you': 'needs you',
  failed: 'failed',
  finished: 'finished',
};

const tones: Record<NewsKind, ToastTone> = {
  'needs-you': 'attention',
  failed: 'failed',
  finished: 'success',
};

/** The worst of them gives the tone. */
export const toneOfNews = (news: readonly News[]): ToastTone =>
  tones[gravest.find((kind) => news.some((each) => each.kind === kind)) ?? 'finished'];

const gravest: readonly NewsKind[] = ['needs-you', 'failed', 'finished'];

export function newsOf(session: SessionView, kind: NewsKind): News {
  const failed = session.agents.find(({ status }) => status === 'failed');
  const reasons: Record<NewsKind, string | undefined> = {
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

/** `2 sessions failed, 3 finished`: the newest word about each session, the gravest first. */
export function summaryOf(news: readonly News[]): string {
  const parts = gravest.flatMap((kind) => {
    const amount = news.filter((each) => each.kind === kind).length;
    if (amount === 0) return [];
    return [{ amount, verb: kind === 'needs-you' && amount > 1 ? 'need you' : verbs[kind] }];
  });
  return parts
    .map(({ amount, verb }, place) =>
      place > 0 ? `${amount} ${verb}` : `${plural(amount, 'session')} ${verb}`,
    )
    .join(', ');
}

/** News that nobody has put away yet, and the new ones; of one session the newest counts. */
export function mergedNews(before: readonly News[], now: readonly News[]): News[] {
  const isReplaced = ({ sessionId }: News) => now.some((each) => each.sessionId === sessionId);
  return [...before.filter((each) => !isReplaced(each)), ...now];
}
