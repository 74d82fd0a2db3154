import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cachedClaude } from '../../testing/harness-cache.ts';
import { CrashWorld, STEPS_OF_AN_AGENT } from '../../testing/local/crash-world.ts';
import { seededRandom } from '../../testing/random.ts';

/** `npm run crash:local` for a long search; `SEED=7 KILLS=30` for another one. */
const KILLS = Number(process.env.KILLS ?? 6);
const SEED = Number(process.env.SEED ?? 20_261_126);
const VICTIMS = ['daemon', 'runner', 'host', 'program'] as const;
const LONGEST_LIFE_MS = 2_000;
/** Cerevisor resumes an interrupted attempt three times by itself, then asks the person. */
const MOST_INTERRUPTIONS = 3;

/** Whose process it is that dies with a host: a harness of someone else, or ours. */
const PROVIDERS = [
  { name: 'Cursor', provider: {}, program: null },
  {
    name: 'the own loop',
    provider: { providerId: 'openai-compatible', model: 'rehearsal-model' },
    program: null,
  },
  { name: 'Claude Code', provider: { providerId: 'anthropic' }, program: 'claude' },
] as const;

test.for(PROVIDERS)(
  `${KILLS} kills of daemon, runner, hosts and programs of $name at random moments lose nothing and repeat nothing (seed ${SEED})`,
  {
    timeout: 120_000 + KILLS * 30_000,
  },
  async ({ provider, program }, { skip }) => {
    skip(program !== null && cachedClaude() === null, 'Claude Code is not on this machine');
    const random = seededRandom(SEED);
    await using world = await CrashWorld.start(provider);
    let session = await world.begin();
    let interruptions = 0;
    let hits = 0;
    for (let kills = 0; kills < KILLS; kills += 1) {
      if (interruptions === MOST_INTERRUPTIONS || (await world.isEnded(session))) {
        await world.ended(session);
        session = await world.begin();
        interruptions = 0;
      }
      await wait(random() * LONGEST_LIFE_MS);
      const victims = program === null ? VICTIMS.slice(0, -1) : VICTIMS;
      const victim = victims[kills % victims.length] ?? 'daemon';
      if (victim === 'daemon') {
        await world.daemon.kill();
        await wait(random() * LONGEST_LIFE_MS);
        await world.daemon.start();
      } else {
        interruptions += 1;
        if (await killOne(world, victim, program ?? '', random())) hits += 1;
      }
    }
    expect(hits).toBeGreaterThan(0);
    for (const id of world.sessions) await world.ended(id);

    for (const id of world.sessions) {
      const detail = await world.daemon.client.session(id);
      expect(
        detail.status,
        `${id} ${JSON.stringify(detail.agents.map(({ error }) => error))}`,
      ).toBe('finished');
      const told = await world.reportedEvents(id);
      expect(told.seqs).toEqual(told.seqs.map((_, index) => index + 1));
      expect(told.items.length).toBe(new Set(told.items).size);
      for (const agent of detail.agents)
        for (let step = 1; step <= STEPS_OF_AN_AGENT; step += 1) {
          const line = `${agent.name} ${step}`;
          const effects = world.effectsOf(id).filter((effect) => effect === line).length;
          const unknown = told.unrecorded.filter((text) => text.includes(`echo ${line} >>`)).length;
          expect(effects, `${id} ${line}: ${unknown} told`).toBeGreaterThanOrEqual(1);
          // Only a call that an item names may have taken effect and been made again.
          expect(effects, `${id} ${line}: ${unknown} told`).toBeLessThanOrEqual(1 + unknown);
        }
      expect(told.items).toEqual(await world.loggedItems(id));
    }
  },
);

function killOne(
  world: CrashWorld,
  victim: 'runner' | 'host' | 'program',
  program: string,
  choice: number,
): Promise<boolean> {
  if (victim === 'runner') return world.killRunner();
  return victim === 'program' ? world.killProgram(program, choice) : world.killHost(choice);
}
