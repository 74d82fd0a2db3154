import { firstLine, measureIn, startChild } from './child.ts';

type Received = { readonly messages: number; readonly cpuSeconds: number };
type Stored = { readonly items: number; readonly stored: number; readonly cpuSeconds: number };

const DELTAS = 50_000;
const FRAMES_PER_MESSAGE = 2;

/**
 * Events written to disk per second of processor time, compared with the SDK that stores nothing and with the SDK that
 * updates records in `conf`. A delta is two frames on the wire, which the SDK reports as one message and Cerevisor
 * stores as one item. Both rates count frames.
 */
export async function measureEvents(): Promise<Record<string, number>> {
  const server = startChild('./stream-server.ts', { FRAMES: String(DELTAS) });
  const CURSOR_BACKEND_URL = await firstLine(server);
  try {
    const sdk: number[] = [];
    const conf: number[] = [];
    const ours: number[] = [];
    // The three alternate, so that other load on the machine affects all of them alike.
    for (let round = 0; round < 3; round += 1) {
      const sdkOnly = await measureIn<Received>('./receive-with-sdk.ts', { CURSOR_BACKEND_URL });
      sdk.push((sdkOnly.messages * FRAMES_PER_MESSAGE) / sdkOnly.cpuSeconds);
      const durable = await measureIn<Stored>('./receive-durably.ts', { CURSOR_BACKEND_URL });
      if (durable.items < DELTAS || durable.stored < durable.items)
        throw new Error('Not every delta was stored');
      ours.push((durable.items * FRAMES_PER_MESSAGE) / durable.cpuSeconds);
      const withRecords = await measureIn<Received>('./receive-with-sdk.ts', {
        CURSOR_BACKEND_URL,
        RECORDS: '1000',
        LIMIT: '300',
      });
      conf.push((withRecords.messages * FRAMES_PER_MESSAGE) / withRecords.cpuSeconds);
    }
    const best = (rates: readonly number[]) => Math.max(...rates);
    return {
      'SDK alone, nothing stored (events per CPU second)': best(sdk),
      'SDK with 1,000 records in conf (events per CPU second)': best(conf),
      'Cerevisor, every event on disk (events per CPU second)': best(ours),
      'ratio to the SDK alone (target: at least 0.5)': best(ours) / best(sdk),
      'ratio to the SDK with conf (target: over 50)': best(ours) / best(conf),
    };
  } finally {
    server.disconnect();
  }
}
