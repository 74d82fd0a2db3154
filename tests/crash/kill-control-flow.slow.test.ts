import { expect, test } from 'vitest';
import type { EventView } from '../../src/contract/event-views.ts';
import { flowEventTypes } from '../../src/session/flow/flow-events.ts';
import { FlowCrashWorld } from '../../testing/flow-crash-world.ts';
import { expectNothingLostOrRepeated, outcomeOf } from '../../testing/ledger.ts';
import { seededRandom } from '../../testing/random.ts';

/** `npm run crash:flow` for a long search; `SEED=7 KILLS=30` for another one. */
const KILLS = Number(process.env.KILLS ?? 10);
const SEED = Number(process.env.SEED ?? 20_261_127);

/** What was decided, each connection and plan by itself: independent ones are decided in any order. */
function stepsOf(events: readonly EventView[]): string[] {
  const types: readonly string[] = flowEventTypes;
  return events
    .filter(({ type }) => types.includes(type))
    .map((event) => {
      const { type, agentId, connectionId, round, gateId, answer, holds, by, cause } = event;
      return JSON.stringify({
        connectionId,
        agentId,
        type,
        round,
        gateId,
        answer,
        holds,
        by,
        cause,
      });
    })
    .toSorted();
}

test(`${KILLS} kills of the daemon in plans, rounds and gates change no decision and repeat no work (seed ${SEED})`, {
  timeout: 300_000 + KILLS * 30_000,
}, async () => {
  const random = seededRandom(SEED);
  await using world = await FlowCrashWorld.start();
  const { daemon } = world;
  const undisturbed = await world.begin();
  await world.ended(undisturbed);
  const expected = outcomeOf(await daemon.client.session(undisturbed));
  const expectedSteps = stepsOf(await world.events(undisturbed));
  expect(expected.status).toBe('finished');
  expect(expectedSteps.filter((step) => step.includes('RoundOpened'))).toHaveLength(3);

  await world.killAtRandom(KILLS, random);

  const ledger = await world.ledger();
  const runsOf = (threadId: string | null) =>
    ledger.agents.find(({ id }) => id === threadId)?.runs.length ?? 0;
  const reference = await daemon.client.session(undisturbed);
  const launched = new Set<string>();
  const events: EventView[] = [];
  for (const id of world.sessions) {
    const session = await daemon.client.session(id);
    expect(outcomeOf(session), id).toEqual(expected);
    const own = await world.events(id);
    expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
    expect(stepsOf(own), id).toEqual(expectedSteps);
    for (const [index, { name, cursorAgentId }] of session.agents.entries()) {
      if (cursorAgentId === null) continue;
      launched.add(cursorAgentId);
      const wanted = runsOf(reference.agents[index]?.cursorAgentId ?? null);
      expect(runsOf(cursorAgentId), `runs of ${name} in ${id}`).toBe(wanted);
    }
    events.push(...own);
  }
  expectNothingLostOrRepeated(ledger, launched, events);
});
