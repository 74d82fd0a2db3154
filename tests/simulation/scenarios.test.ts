import { describe, expect, test } from 'vitest';
import { agentStatus } from '../../src/session/status/session-status.ts';
import { agentId } from '../../src/workflow/ids.ts';
import { UNREACHABLE } from './fault-profile.ts';
import { MINUTE, Scenario, workflow } from './scenario.ts';

const A0 = agentId('a0');
const agents = (scenario: Scenario) => [...scenario.cursor.agents.values()];
const followUps = (scenario: Scenario) =>
  agents(scenario).flatMap(({ runs }) => runs.slice(1).map(({ prompt }) => prompt));
const lostNow = { kind: 'lost', afterMs: 10 } as const;
const refusedNow = { kind: 'refused', error: UNREACHABLE } as const;

async function finished(): Promise<Scenario> {
  const scenario = new Scenario();
  await scenario.start(workflow(1));
  await scenario.goOn(20 * MINUTE);
  expect(scenario.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
  return scenario;
}

describe('a message to an agent', () => {
  test('is not sent again by the next process, even if the clock was set back in between', async () => {
    using scenario = await finished();
    scenario.faultProfile.next = (isOrder) =>
      isOrder ? { kind: 'hanging', isCarriedOut: true } : undefined;
    await scenario.daemon.engine.followUp(scenario.id, A0, 'One more thing.');
    await scenario.goOn(MINUTE);
    scenario.faultProfile.next = null;
    await scenario.goOn(20 * MINUTE);
    expect(followUps(scenario)).toEqual(['One more thing.']);
    scenario.machine.setClock(-60 * MINUTE);
    scenario.restart();
    await scenario.goOn(20 * MINUTE);
    expect(followUps(scenario)).toEqual(['One more thing.']);
    expect(scenario.state.phase.kind).toBe('ended');
  });

  test('whose response is lost is searched for long enough to be found late', async () => {
    using scenario = await finished();
    let orders = 0;
    scenario.faultProfile.next = (isOrder) => {
      orders += isOrder ? 1 : 0;
      return isOrder && orders === 1 ? { kind: 'lost', afterMs: 40_000 } : undefined;
    };
    await scenario.daemon.engine.followUp(scenario.id, A0, 'One more thing.');
    await scenario.goOn(30 * MINUTE);
    expect(followUps(scenario)).toEqual(['One more thing.']);
    expect(orders).toBe(1);
  });

  test('is not sent once it was cancelled', async () => {
    using scenario = await finished();
    scenario.faultProfile.next = (isOrder) => (isOrder ? refusedNow : undefined);
    await scenario.daemon.engine.followUp(scenario.id, A0, 'One more thing.');
    await scenario.goOn(10_000);
    await scenario.daemon.engine.cancel(scenario.id, A0);
    scenario.faultProfile.next = null;
    await scenario.goOn(10 * MINUTE);
    expect(followUps(scenario)).toEqual([]);
    expect(scenario.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
  });

  test('that had arrived before it was cancelled is found and cancelled', async () => {
    using scenario = await finished();
    scenario.faultProfile.next = (isOrder) => (isOrder ? lostNow : undefined);
    await scenario.daemon.engine.followUp(scenario.id, A0, 'One more thing.');
    await scenario.goOn(1_000);
    await scenario.daemon.engine.cancel(scenario.id, A0);
    await scenario.goOn(10 * MINUTE);
    expect(followUps(scenario)).toEqual(['One more thing.']);
    expect(scenario.state.agents[0]?.attempts[0]?.turns).toHaveLength(2);
    expect(scenario.state.phase.kind).toBe('ended');
  });

  test('to an agent that no longer exists is given up, and the work stays finished', async () => {
    using scenario = await finished();
    scenario.faultProfile.next = (isOrder) => (isOrder ? refusedNow : undefined);
    await scenario.daemon.engine.followUp(scenario.id, A0, 'One more thing.');
    await scenario.goOn(10_000);
    for (const agent of agents(scenario)) agent.deletedAt = 0;
    scenario.faultProfile.next = null;
    await scenario.goOn(10 * MINUTE);
    expect(scenario.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
  });
});

test('a disk that refuses writes during the start holds sessions back only until it accepts them again', async () => {
  using scenario = new Scenario();
  await scenario.start(workflow(2, { maxConcurrentAgents: 1 }));
  await scenario.goOn(2_000);
  scenario.restart((daemon) => daemon.refuseWrites(true));
  await scenario.goOn(MINUTE);
  expect(scenario.errors.length).toBeGreaterThan(0);
  scenario.daemon.refuseWrites(false);
  await scenario.goOn(60 * MINUTE);
  expect(scenario.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
});

test('a create that arrives after its attempt was replaced is cancelled while the next attempt runs', async () => {
  using scenario = new Scenario();
  let isFirst = true;
  scenario.faultProfile.next = (isOrder) => {
    if (!isOrder) return undefined;
    if (!isFirst) return refusedNow;
    isFirst = false;
    return { kind: 'lost', afterMs: 2 * MINUTE };
  };
  await scenario.start(workflow(1));
  await scenario.goOn(500);
  await scenario.daemon.engine.cancel(scenario.id, A0);
  await scenario.goOn(MINUTE);
  await scenario.daemon.engine.retry(scenario.id, A0);
  await scenario.goOn(1.1 * MINUTE);
  const [late] = agents(scenario);
  if (late?.runs[0] === undefined) throw new Error('The late create never arrived');
  late.runs[0].endsAt = Number.POSITIVE_INFINITY;
  await scenario.goOn(11 * MINUTE);
  expect(scenario.state.agents[0]?.phase.kind).toBe('launching');
  expect(late.runs[0].ending).toBe('CANCELLED');
});

test('reconnecting does not affect the connection of a run that is being read', async () => {
  using scenario = new Scenario();
  await scenario.start(workflow(1));
  await scenario.goOn(2_000);
  const status = () => scenario.state.agents.map((agent) => agentStatus(scenario.state, agent));
  expect(status()).toEqual(['running']);
  scenario.faultProfile.next = () => refusedNow;
  void scenario.daemon.engine.reconnect(scenario.id);
  await scenario.goOn(500);
  expect(status()).toEqual(['running']);
});

test('a new attempt waits for its scheduled time, even if a slot becomes free earlier', async () => {
  using scenario = new Scenario();
  await scenario.start(workflow(2, { maxAttempts: 2 }));
  await scenario.goOn(1_000);
  const [failing, other] = agents(scenario).map(({ runs }) => runs[0]);
  if (failing === undefined || other === undefined) throw new Error('Both agents should run');
  const events = () => scenario.daemon.journal.sessionEvents(scenario.id, { limit: 1_000 });
  const now = scenario.scheduler.now;
  for (const run of [failing, other]) {
    run.frames = [];
    run.endsAt = Number.POSITIVE_INFINITY;
  }
  Object.assign(failing, { endsAt: now, ending: 'ERROR', hasResultFrame: false });
  while (!events().some(({ event }) => event.type === 'LaunchDeferred')) await scenario.goOn(500);
  Object.assign(other, { endsAt: scenario.scheduler.now, hasResultFrame: false });
  await scenario.goOn(5 * MINUTE);
  const deferred = events().find(({ event }) => event.type === 'LaunchDeferred')?.event;
  const second = events().find(
    ({ event }) => event.type === 'LaunchIntended' && event.attempt === 2,
  );
  if (deferred?.type !== 'LaunchDeferred' || deferred.until === undefined)
    throw new Error('No wait');
  expect(second?.at).toBeGreaterThanOrEqual(deferred.until);
});
