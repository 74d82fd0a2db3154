import { expect, test } from 'vitest';
import type { EventView } from '../../src/contract/event-views.ts';
import { PLANNER_ID } from '../../src/workflow/planner.ts';
import { agent, controlFlow, script } from '../../testing/control-flow.ts';
import { FlowCrashWorld } from '../../testing/flow-crash-world.ts';
import { expectNothingLostOrRepeated } from '../../testing/ledger.ts';
import { seededRandom } from '../../testing/random.ts';

/** `npm run crash:enhance` for a long search; `SEED=7 KILLS=30` for another one. */
const KILLS = Number(process.env.KILLS ?? 8);
const SEED = Number(process.env.SEED ?? 20_261_126);

/** The builder fails until the planner says better what to do, and a person approves that. */
function enhanced(repository: string) {
  const edits = [
    { kind: 'update-agent', agentId: 'build', set: { instructions: 'Build with care.' } },
    { kind: 'add-agent', agent: { id: 'check', name: 'check', instructions: 'Check it.' } },
    { kind: 'connect', source: 'build', target: 'check' },
  ];
  const workflow = controlFlow(
    repository,
    [agent('build', `Build.\n\n${script('fail It does not compile.')}`), agent('publish')],
    [{ id: 'c', source: 'build', target: 'publish', handoffFormat: 'full-output' }],
  );
  const loopAndEnhance = {
    enabled: true,
    pauseBetweenRounds: true,
    plannerInstructions: script(`propose ${JSON.stringify(edits)}`),
  };
  const settings = { ...workflow.settings, loopAndEnhance };
  return { ...workflow, id: crypto.randomUUID(), settings };
}

const roundEvents = [
  'RoundReported',
  'EditsProposed',
  'GateOpened',
  'GateAnswered',
  'WorkflowRoundOpened',
  'EnhancementEnded',
];

test(`${KILLS} kills of the daemon between and in rounds change nothing and repeat nothing (seed ${SEED})`, {
  timeout: 300_000 + KILLS * 30_000,
}, async () => {
  const random = seededRandom(SEED);
  await using world = await FlowCrashWorld.start(enhanced);
  const { daemon } = world;
  await world.killAtRandom(KILLS, random);

  const ledger = await world.ledger();
  const launched = new Set<string>();
  const events: EventView[] = [];
  for (const id of world.sessions) {
    const session = await daemon.client.session(id);
    expect(session.status, id).toBe('finished');
    expect(session.enhance, id).toMatchObject({ round: 2, cause: 'converged' });
    const own = await world.events(id);
    expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
    const steps = own.flatMap(({ type }) => (roundEvents.includes(type) ? [type] : []));
    expect(steps, id).toEqual(roundEvents);
    const turns: Record<string, number> = {};
    for (const { id: agentId, cursorAgentId } of session.agents) {
      const thread = ledger.agents.find(({ id: threadId }) => threadId === cursorAgentId);
      turns[agentId] = thread?.runs.length ?? 0;
      launched.add(String(cursorAgentId));
    }
    // The builder fails once and is told again; everyone else works exactly once.
    expect(turns, id).toEqual({ build: 2, publish: 1, check: 1, [PLANNER_ID]: 1 });
    events.push(...own);
  }
  expectNothingLostOrRepeated(ledger, launched, events);
});
