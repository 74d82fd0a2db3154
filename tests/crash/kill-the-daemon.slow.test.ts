import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  expectNothingLostOrRepeated,
  outcomeOf,
  readEvents,
  readLedger,
} from '../../testing/ledger.ts';
import { DaemonProcess, startRehearsalProcess } from '../../testing/processes.ts';
import { seededRandom } from '../../testing/random.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { sampleRepository } from '../../testing/sample-repository.ts';
import { ended, isEnded } from '../../testing/session-end.ts';

const KILLS = Number(process.env.KILLS ?? 25);
const SEED = Number(process.env.SEED ?? 20_261_122);
const LONGEST_LIFE_MS = 1_500;
/** Every third kill meets a daemon that is still starting, at any moment of it. */
const LONGEST_START_MS = 800;

test(`${KILLS} kills at random moments lose nothing, repeat nothing and change no outcome (seed ${SEED})`, {
  timeout: 120_000 + KILLS * 20_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-crash-'));
  const repository = sampleRepository(join(folder, 'shop'));
  const rehearsal = await startRehearsalProcess(join(folder, 'rehearsal'), [
    '--pace',
    '40ms',
    '--repo',
    `https://github.com/cerevisor/sample-shop=${repository}`,
  ]);
  const home = join(folder, 'home');
  mkdirSync(home);
  const daemon = new DaemonProcess(home, rehearsal.url);
  try {
    await daemon.start();
    const undisturbed = await begin(daemon);
    await ended(daemon, undisturbed);
    const expected = outcomeOf(await daemon.client.session(undisturbed));

    const random = seededRandom(SEED);
    const ids = [undisturbed];
    let current: string | null = null;
    for (let kills = 0; kills < KILLS; kills += 1) {
      if (kills % 3 === 2) {
        await daemon.kill();
        await daemon.killWhileStarting(random() * LONGEST_START_MS);
        await daemon.start();
        continue;
      }
      if (current === null || (await isEnded(daemon, current))) {
        current = await begin(daemon);
        ids.push(current);
      }
      await wait(random() * LONGEST_LIFE_MS);
      await daemon.kill();
      await daemon.start();
    }
    for (const id of ids) await ended(daemon, id);

    const ledger = await readLedger(rehearsal.url);
    const launched = new Set<string>();
    const events = [];
    for (const id of ids) {
      const session = await daemon.client.session(id);
      expect(outcomeOf(session)).toEqual(expected);
      for (const { cursorAgentId } of session.agents) launched.add(String(cursorAgentId));
      const own = await readEvents(daemon.client, id);
      expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
      events.push(...own);
    }
    expectNothingLostOrRepeated(ledger, launched, events);
    expect(ledger.agents.map(({ runs }) => runs.length)).toEqual(ledger.agents.map(() => 1));
  } finally {
    await daemon.kill();
    const exited = once(rehearsal.process, 'exit');
    rehearsal.process.kill('SIGKILL');
    await exited;
    removeFolder(folder);
  }
});

const example = JSON.parse(
  readFileSync(new URL('../../examples/feature-in-three-waves.cerevisor', import.meta.url), 'utf8'),
) as Record<string, unknown>; // The example is checked by its own test.

async function begin(daemon: DaemonProcess): Promise<string> {
  const { sessionId } = await daemon.client.start({ workflow: example });
  return sessionId;
}
