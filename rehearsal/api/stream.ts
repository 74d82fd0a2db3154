import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { streamKinds } from '../faults/fault.ts';
import { StreamFaults } from '../faults/stream-faults.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { RunRecord } from '../store/records.ts';
import { StreamConnection } from '../stream/connection.ts';
import { parseEventId } from '../stream/event-id.ts';
import { ApiError } from './api-error.ts';
import { readQuery } from './input.ts';
import { agentOf, faultPointOf, runOf } from './lookup.ts';
import type { Handler } from './routes.ts';

/**
 * `GET …/stream`: replays the run's frames after `Last-Event-ID`, or from the start, and follows the run to its end.
 */
export function streamRun(rehearsal: Rehearsal): Handler {
  return async (context) => {
    const { store, clock, hub, faults, options, closing } = rehearsal;
    readQuery(context, {});
    const agent = agentOf(rehearsal, context, 'streamRun');
    const run = runOf(rehearsal, context, agent);
    const lastEventId = context.req.header('last-event-id');
    const subject = { agentId: agent.id, runId: run.id };
    const detail = lastEventId === undefined ? {} : { lastEventId };
    store.ledger.record(clock.now(), { kind: 'stream-connected', ...subject, detail });
    const expiresAtMs = retentionEnd(rehearsal, run);
    if (expiresAtMs !== undefined && clock.unscaledNow() > expiresAtMs) {
      throw new ApiError('stream_expired', `The stream of run ${run.id} is no longer retained`);
    }
    const position = startPosition(rehearsal, run, lastEventId);
    const { outgoing } = context.env;
    outgoing.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-cursor-stream-retention-seconds': String(options.retentionSeconds),
    });
    outgoing.flushHeaders();
    const faultPoint = faultPointOf(agent, 'streamRun');
    const effects = faults.fire(streamKinds, faultPoint);
    const isFrozen = faults.fireOne('frozen-record', faultPoint) !== undefined;
    const connection = new StreamConnection(outgoing, {
      store,
      hub,
      run,
      position,
      heartbeat: options.heartbeat,
      faults: new StreamFaults(effects, run.id),
      closing,
      isFrozen,
    });
    await connection.serve();
    return RESPONSE_ALREADY_SENT;
  };
}

function retentionEnd({ options }: Rehearsal, run: RunRecord): number | undefined {
  if (run.endedUnscaledMs === undefined) return undefined;
  return run.endedUnscaledMs + options.retentionSeconds * 1_000;
}

/**
 * Returns the position after which the stream starts. An id of another run is rejected. A well-formed id that belongs
 * to no run is accepted without past frames, as observed of the live service.
 */
function startPosition(
  { store }: Rehearsal,
  run: RunRecord,
  lastEventId: string | undefined,
): number {
  if (lastEventId === undefined || lastEventId === '') return 0;
  const position = store.events.positionOf(run.id, lastEventId);
  if (position !== undefined) return position;
  if (parseEventId(lastEventId) === undefined || store.events.existsInAnyRun(lastEventId)) {
    throw new ApiError(
      'invalid_last_event_id',
      'Last-Event-ID must refer to an event within the requested run',
    );
  }
  return store.events.lastSeq(run.id);
}
