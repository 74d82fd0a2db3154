import type { UsageView } from '../../contract/agent-views.ts';
import type { SessionDetail, SessionView } from '../../contract/session-views.ts';
import type { RuntimeId } from '../../session/events.ts';
import { runtimeOf } from '../../session/run-location.ts';
import { latestTurn } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';

const cursorNotes: Readonly<Record<SessionView['backend'], string>> = {
  cursor: 'Cursor bills runs to your Cursor subscription, so Cerevisor reports $0.00.',
  rehearsal: 'The rehearsal cloud costs nothing.',
};

/** Cursor bills by subscription, so its cost is $0.00. For other providers, it is the known cost, with its source. */
export function costOf(
  state: SessionState,
  usage: UsageView,
): Pick<SessionDetail, 'costUsd' | 'costNote'> {
  const others = state.agents.filter(({ id }) => !isCursor(runtimeOf(state, id)));
  const hasCursor = others.length < state.agents.length;
  if (others.length === 0) return { costUsd: 0, costNote: cursorNotes[state.backend.kind] };
  const unknown = others.filter(({ attempts }) =>
    attempts.some((attempt) => {
      const ended = latestTurn(attempt)?.ended != null;
      return ended && attempt.turns.some(({ usage: used }) => used?.usage?.costUsd === undefined);
    }),
  ).length;
  const hasStarted = others.some(({ attempts }) => attempts.length > 0);
  const notes = [
    ...(hasStarted ? sourceNotes(usage) : ['Nothing has been used yet.']),
    ...(unknown === 0 || usage.costUsd === null ? [] : ['For some turns the cost is unknown.']),
    ...(hasCursor ? ['Cursor agents are billed by your subscription.'] : []),
    ...(state.backend.kind === 'rehearsal' ? ['The rehearsal cloud bills nothing.'] : []),
  ];
  return { costUsd: hasStarted ? usage.costUsd : 0, costNote: notes.join(' ') };
}

const isCursor = (runtime: RuntimeId): boolean =>
  runtime === 'cursor-cloud' || runtime === 'cursor-local';

function sourceNotes({ state, costUsd, costSources, pricesOf }: UsageView): string[] {
  if (costUsd === null && state === 'pending')
    return ['The cost of a turn is known only when it ends.'];
  if (costUsd === null) return ['The cost is unknown, because the provider reports only tokens.'];
  return [
    ...(costSources.includes('reported') ? ['As reported by the provider.'] : []),
    ...(costSources.includes('price-table') ? [`Estimated from the prices of ${pricesOf}.`] : []),
  ];
}
