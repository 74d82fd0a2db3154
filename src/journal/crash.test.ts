import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type CountingState,
  countingProjection,
  openOrThrow,
  runNumber,
  sessionNumber,
  temporaryHome,
} from '../../testing/journal.ts';
import { isTranscript } from '../session/events.ts';
import { checkCopy } from './integrity.ts';
import { MIGRATIONS } from './schema.ts';

const KILLS = Number(process.env.KILLS ?? 8);

/** Lets a writer run until it has acknowledged some commits, kills it, and returns the last acknowledged position. */
const writeAndKill = async (home: string, commits: number): Promise<number> => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../testing/journal-crash-child.ts'), home],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > commits) child.kill('SIGKILL');
  });
  await once(child, 'close');
  // The kill may have truncated the last line, but not the lines before it.
  return Math.max(0, ...output.split('\n').slice(0, -1).map(Number));
};

test('a killed writer loses no acknowledged event, and leaves no gap', async () => {
  using folder = temporaryHome();
  const { home } = folder;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const acknowledged = await writeAndKill(home, 1 + (kill % 7));
    const journal = openOrThrow({ home });
    expect(journal.lastPosition).toBeGreaterThanOrEqual(acknowledged);
    journal.close();
  }
  const journal = openOrThrow({ home });
  const id = sessionNumber(1);
  const events = journal.sessionEvents(id, { limit: 1e6 });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(journal.lastPosition).toBe(events.length);
  const refolded = events.reduce<CountingState | undefined>(
    (state, { event, at }) =>
      isTranscript(event) ? state : countingProjection.evolve(state, event, at, id),
    undefined,
  );
  expect(journal.state(id)).toEqual(refolded);
  expect(journal.streamCursor(runNumber(1))?.cursor).toMatch(/^c\d+$/);
  journal.close();
  const check = checkCopy(join(home, 'cerevisor-cloud-runs.db'), MIGRATIONS);
  expect(check).toEqual({ ok: true, hasEvents: true });
});
