import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { streamKinds } from '../faults/fault.ts';
import { StreamFaults } from '../faults/stream-faults.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { RunRecord } from '../store/records.ts';
import { StreamConnection } from '../stream/connection.ts';
import { parseEventId } from '../stream/event-id.ts';
import { readQuery } from './input.ts';
import { agentOf, occasionOf, runOf } from './lookup.ts';
import { Refusal } from './refusal.ts';
import type { Handler } from './routes.ts';

/** `GET …/stream`: replays the run's frames after `Last-Event-ID`, or from the start, and follows it to its end. */
export function streamRun(rehearsal: Rehearsal): Handler {
  return async (context) => {
    const { store, clock, hub, faults, options, closing } = rehearsal;
    readQuery(context, {});
    const agent = agentOf(rehearsal, context, 'streamRun');
    const run = runOf(rehearsal, context, agent);
    const lastEventId = context.req.header('last-event-id');
    const subject = { agentId: agent.id, runId: run.id };
    const detail = lastEventId === undefined ? {} : { lastEventId };
    store.ledger.note(clock.now(), { kind: 'stream-connected', ...subject, detail });
    const expiry = retentionEnd(rehearsal, run);
    if (expiry !== undefined && clock.unscaledNow() > expiry) {
      throw new Refusal('stream_expired', `The stream of run ${run.id} is no longer retained`);
    }
    const place = placeAfter(rehearsal, run, lastEventId);
    const { outgoing } = context.env;
    outgoing.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-cursor-stream-retention-seconds': String(options.retentionSeconds),
    });
    outgoing.flushHeaders();
    const occasion = occasionOf(agent, 'streamRun');
    const effects = faults.take(streamKinds, occasion);
    const isFrozen = faults.takeOne('frozen-record', occasion) !== undefined;
    const connection = new StreamConnection(outgoing, {
      store,
      hub,
      run,
      place,
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
 * Where reading continues. An id of another run is refused. An id that looks right but belongs to no run is
 * accepted and shows nothing of the past: that is how the live service was seen to behave.
 */
function placeAfter({ store }: Rehearsal, run: RunRecord, lastEventId: string | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return 0;
  const place = store.events.placeOf(run.id, lastEventId);
  if (place !== undefined) return place;
  if (parseEventId(lastEventId) === undefined || store.events.isKnownAnywhere(lastEventId)) {
    throw new Refusal(
      'invalid_last_event_id',
      'Last-Event-ID must refer to an event within the requested run',
    );
  }
  return store.events.lastSeq(run.id);
}
