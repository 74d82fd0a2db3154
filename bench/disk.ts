import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { journalFiles } from '../src/journal/files.ts';
import type { Journal } from '../src/journal/types.ts';
import type { LifecycleEvent } from '../src/session/events.ts';
import {
  itemsOf,
  manualClock,
  openOrThrow,
  sessionNumber,
  sessionStarted,
} from '../testing/journal.ts';

const ITEMS = 24_000;
const PAGE = 500;
const session = sessionNumber(1);
/** Real prose, one word per delta, as models stream it. */
const words = readdirSync(new URL('../docs', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) =>
    readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8').split(/(?<= )/),
  );

/** Measures the disk space of a transcript as rows and as packs, and the time needed to read each form. */
export async function measureDisk(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const agents of [1, 24]) {
    const { bytesAsRows, bytesPacked, readRatio } = measure(agents);
    const name = agents === 1 ? 'one agent' : `${agents} agents side by side`;
    figures[`${name}: bytes for a delta as rows`] = bytesAsRows;
    figures[`${name}: bytes for a delta, packed`] = bytesPacked;
    figures[`${name}: reading it packed, as a ratio to reading rows`] = readRatio;
  }
  return figures;
}

function measure(agents: number) {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-bench-'));
  const clock = manualClock();
  const journal = openOrThrow({ home, ...clock });
  journal.append(session, [sessionStarted()]);
  const empty = sizeOf(home);
  for (let index = 0; index < ITEMS; index += 1) {
    const text = `${words[index % words.length]}`;
    const item = {
      kind: 'text' as const,
      id: `${clock.now() - 5}-${index % 3}${index}`,
      dataText: JSON.stringify({ text }),
    };
    journal.buffer(itemsOf(1, 1 + (index % agents), [item]));
    clock.advance(3);
  }
  journal.flush();
  const asRows = sizeOf(home);
  const rowsMs = read(journal);
  journal.append(
    session,
    Array.from({ length: agents }, (_, index) => streamEnded(index + 1)),
  );
  clock.advance(60_000);
  const packed = sizeOf(home);
  const packedMs = read(journal);
  journal.close();
  rmSync(home, { recursive: true, force: true });
  return {
    bytesAsRows: (asRows - empty) / ITEMS,
    bytesPacked: (packed - empty) / ITEMS,
    readRatio: packedMs / rowsMs,
  };
}

function streamEnded(run: number): LifecycleEvent {
  const { agentId, attempt, turnId } = itemsOf(1, run, []);
  return { type: 'StreamEnded', agentId, attempt, turnId, complete: true };
}

function sizeOf(home: string): number {
  const database = new DatabaseSync(journalFiles(home).database);
  database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  return statSync(journalFiles(home).database).size;
}

/** Reads all events page by page and returns the time in milliseconds. */
function read(journal: Journal<unknown>): number {
  const startedAt = performance.now();
  for (let after = 0; ; ) {
    const page = journal.sessionEvents(session, { after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return performance.now() - startedAt;
    after = last.seq;
  }
}
