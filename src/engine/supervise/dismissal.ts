import { shortId } from '../../lib/format.ts';
import { canDismiss } from '../../session/allowed-actions.ts';
import type { SessionId } from '../../session/ids.ts';
import type { SessionState } from '../../session/state.ts';
import { pendingEndReason } from '../../session/status/pending-transcript.ts';
import type { Outcome } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { unknownSession } from '../require-session.ts';

/** Sessions per batch. The event loop runs between two batches. */
const BATCH_SIZE = 250;

/**
 * Removes ended sessions from the list; their artifacts and events stay. If one of them is unknown or has not ended, none is
 * dismissed. Returns those that were not dismissed before.
 */
export async function dismiss(
  context: Pick<EngineContext, 'journal'>,
  ids: readonly SessionId[],
): Promise<Outcome<{ dismissed: readonly SessionId[] }>> {
  const states = statesOf(context, ids);
  if (!states.ok) return states;
  const active = states.value.find((state) => !canDismiss(state));
  if (active !== undefined) {
    const reason = pendingEndReason(active);
    const wait = reason === null ? '' : ` ${reason}`;
    return {
      ok: false,
      error: {
        code: 'session_not_settled',
        message: `Session ${shortId(active.id)} is still running; only sessions that have ended can be dismissed.${wait}`,
        suggestion:
          reason === null
            ? 'Cancel it first, or wait until it ends.'
            : 'Reconnect to request the rest at once, or wait for it.',
      },
    };
  }
  const listed = idsOf(states.value.filter(({ isDismissed }) => !isDismissed));
  await inBatches(listed, (step) =>
    context.journal.appendToAll(step, { type: 'SessionDismissed' }),
  );
  return { ok: true, value: { dismissed: listed } };
}

/** Puts dismissed sessions back on the list. Returns those that were dismissed before. */
export async function restore(
  context: Pick<EngineContext, 'journal'>,
  ids: readonly SessionId[],
): Promise<Outcome<{ restored: readonly SessionId[] }>> {
  const states = statesOf(context, ids);
  if (!states.ok) return states;
  const hidden = idsOf(states.value.filter(({ isDismissed }) => isDismissed));
  await inBatches(hidden, (step) => context.journal.appendToAll(step, { type: 'SessionRestored' }));
  return { ok: true, value: { restored: hidden } };
}

/** The states of the sessions, without duplicates. */
function statesOf(
  context: Pick<EngineContext, 'journal'>,
  ids: readonly SessionId[],
): Outcome<SessionState[]> {
  const states: SessionState[] = [];
  for (const id of new Set(ids)) {
    const state = context.journal.state(id);
    if (state === undefined) {
      return { ok: false, error: unknownSession(id) };
    }
    states.push(state);
  }
  return { ok: true, value: states };
}

const idsOf = (states: readonly SessionState[]): SessionId[] => states.map(({ id }) => id);

async function inBatches(
  ids: readonly SessionId[],
  store: (step: readonly SessionId[]) => void,
): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH_SIZE) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    store(ids.slice(from, from + BATCH_SIZE));
  }
}
