import { shortId } from '../../lib/format.ts';
import { canDismiss } from '../../session/allowed-actions.ts';
import type { SessionId } from '../../session/ids.ts';
import type { SessionState } from '../../session/state.ts';
import { pendingEndReason } from '../../session/status/pending-transcript.ts';
import type { Outcome } from '../api.ts';
import type { EngineContext } from '../context.ts';

/** So many are stored at once; between two of these steps everybody else has a turn. */
const BATCH_SIZE = 250;

/**
 * Takes ended sessions off the list; artifacts and events stay. When one of them is unknown or still going, none is
 * dismissed. Answers with those that were on the list until now.
 */
export async function dismiss(
  context: Pick<EngineContext, 'journal'>,
  ids: readonly SessionId[],
): Promise<Outcome<{ dismissed: readonly SessionId[] }>> {
  const states = statesOf(context, ids);
  if (!states.ok) return states;
  const going = states.value.find((state) => !canDismiss(state));
  if (going !== undefined) {
    const reason = pendingEndReason(going);
    const wait = reason === null ? '' : ` ${reason}`;
    return {
      ok: false,
      error: {
        code: 'session_not_settled',
        message: `Session ${shortId(going.id)} is still running; only sessions that have ended can be dismissed.${wait}`,
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

/** Puts dismissed sessions back on the list. Answers with those that were not on it. */
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

/** Each of them once. */
function statesOf(
  context: Pick<EngineContext, 'journal'>,
  ids: readonly SessionId[],
): Outcome<SessionState[]> {
  const states: SessionState[] = [];
  for (const id of new Set(ids)) {
    const state = context.journal.state(id);
    if (state === undefined) {
      return {
        ok: false,
        error: { code: 'session_unknown', message: `There is no session ${id}.` },
      };
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
