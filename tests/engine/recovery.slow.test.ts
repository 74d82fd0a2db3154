import { describe, expect, test } from 'vitest';
import { oneAgent, threeWaves } from '../../testing/engine-workflows.ts';
import { agentNamed, isOver, openWorld, start, type World } from '../../testing/engine-world.ts';

const HOUR = 60 * 60 * 1000;
const isRunning = (state: ReturnType<World['state']>) =>
  agentNamed(state, 'a').phase.kind === 'running';

/**
 * Lets the cloud's agent finish, which waits for hours until then. A jump of the clock counts only for a wait that has
 * begun, so it is repeated.
 */
async function finishRun(world: World, agentIndex = 0): Promise<void> {
  const jump = async () => {
    const body = JSON.stringify({ jump: '1h' });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${world.rehearsal.url}/rehearsal/time`, { method: 'POST', headers, body });
    return (await world.ledger()).agents[agentIndex]?.runs[0]?.status;
  };
  await expect.poll(jump, { interval: 500 }).toBe('FINISHED');
}

describe('coming back', () => {
  test('a session whose run finished while the daemon was stopped continues, and its artifacts are offered', async () => {
    await using world = await openWorld();
    const id = await start(
      world,
      oneAgent(world.repository, ['artifact report.md hello', 'wait 1h', 'conclude']),
    );
    await world.until(id, isRunning);
    await world.stop();
    await finishRun(world);
    await world.restart();
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const [attempt] = agentNamed(state, 'a').attempts;
    expect(attempt?.turns[0]?.ended).toMatchObject({ whileAway: true });
    expect(attempt?.artifacts).toMatchObject({ state: 'offered' });
    await world.engine.refetchArtifacts(id);
    expect(agentNamed(world.state(id), 'a').attempts[0]?.artifacts).toMatchObject({
      state: 'complete',
      files: [{ file: 'report.md' }],
    });
  });

  test('a run silent for a day that Cursor cannot confirm is flagged, and a later reconnect finds that it finished', async () => {
    await using world = await openWorld();
    const id = await start(world, oneAgent(world.repository, ['wait 1h', 'conclude']));
    await world.until(id, isRunning);
    await world.stop();
    world.settings.clockOffsetMs = 25 * HOUR;
    await world.fault({
      match: { operation: 'getRun' },
      effect: { kind: 'error', code: 'internal_error', status: 503 },
    });
    await world.fault({
      match: { operation: 'streamRun' },
      effect: { kind: 'reset', when: 'before' },
    });
    await world.restart();
    const flagged = await world.until(id, isOver);
    expect(agentNamed(flagged, 'a').phase).toMatchObject({
      outcome: 'failed',
      cause: { code: 'silent_24h' },
    });
    await fetch(`${world.rehearsal.url}/rehearsal/faults`, { method: 'DELETE' });
    await finishRun(world);
    await world.engine.reconnect(id);
    const state = await world.until(
      id,
      (now) => now.phase.kind === 'ended' && now.phase.outcome === 'finished',
    );
    expect(agentNamed(state, 'a').phase).toMatchObject({ outcome: 'completed' });
  });

  test('a launch unanswered for a day is flagged, and a later reconnect finds and follows its agent', async () => {
    await using world = await openWorld();
    await world.fault({
      match: { operation: 'createAgent', nth: 1 },
      effect: { kind: 'reset', when: 'after' },
    });
    await world.fault({ match: { operation: 'getAgent' }, effect: { kind: 'html' } });
    const id = await start(world, oneAgent(world.repository, ['say hello', 'conclude']));
    await expect.poll(async () => (await world.ledger()).agents.length).toBe(1);
    await world.stop();
    world.settings.clockOffsetMs = 25 * HOUR;
    await world.restart();
    const flagged = await world.until(id, isOver);
    expect(agentNamed(flagged, 'a').phase).toMatchObject({
      outcome: 'failed',
      cause: { code: 'silent_24h' },
    });
    await fetch(`${world.rehearsal.url}/rehearsal/faults`, { method: 'DELETE' });
    await world.engine.reconnect(id);
    const state = await world.until(
      id,
      (now) => now.phase.kind === 'ended' && now.phase.outcome === 'finished',
    );
    expect(agentNamed(state, 'a').attempts).toHaveLength(1);
    const { agents } = await world.ledger();
    expect(agents.map(({ creates }) => creates.accepted)).toEqual([1]);
  });

  test('with "ask me", nothing is launched after a restart before the user agrees', async () => {
    await using world = await openWorld();
    const id = await start(
      world,
      threeWaves(world.repository, '\n\n```rehearse\nwait 1h\nconclude\n```'),
    );
    await world.until(id, (state) => agentNamed(state, 'r1').phase.kind === 'running');
    world.settings.resumeOnLaunch = 'ask';
    await world.restart();
    const threadId = agentNamed(world.state(id), 'r1').attempts[0]?.threadId;
    const { agents } = await world.ledger();
    await finishRun(
      world,
      agents.findIndex((agent) => agent.id === threadId),
    );
    const held = await world.until(id, (state) => agentNamed(state, 'r1').phase.kind === 'settled');
    expect(held.phase).toMatchObject({ kind: 'held', reason: 'asked-on-launch' });
    expect(agentNamed(held, 'impl').attempts).toEqual([]);
    await world.engine.reconnect(id);
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
  });

  test('an agent that Cursor no longer knows is marked as such, and a retry starts a new one', async () => {
    await using world = await openWorld();
    const id = await start(
      world,
      oneAgent(world.repository, ['wait 60s unless', 'conclude'].slice(1)),
    );
    await world.until(id, isOver);
    const slow = await start(world, oneAgent(world.repository, ['wait 10h', 'conclude']));
    await world.until(slow, isRunning);
    const threadId = agentNamed(world.state(slow), 'a').attempts[0]?.threadId;
    await world.stop();
    await fetch(`${world.rehearsal.url}/v1/agents/${threadId}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer crsr_test' },
    });
    await world.restart();
    const state = await world.until(slow, isOver);
    expect(agentNamed(state, 'a').phase).toMatchObject({
      outcome: 'failed',
      cause: { code: 'agent_gone' },
    });
  });

  test('an agent of ours that the journal does not know is found and can be adopted', async () => {
    await using world = await openWorld();
    const created = await fetch(`${world.rehearsal.url}/v1/agents`, {
      method: 'POST',
      headers: { authorization: 'Bearer crsr_test', 'content-type': 'application/json' },
      body: JSON.stringify({
        prompt: { text: 'Work.' },
        name: 'Lost one',
        repos: [{ url: world.repository }],
        metadata: {
          cerevisor: '1',
          cerevisor_session: 's_other',
          cerevisor_agent: 'x',
          cerevisor_attempt: '1',
        },
      }),
    });
    const { agent } = (await created.json()) as { agent: { id: string } };
    const orphans = await world.engine.orphans();
    expect(orphans).toMatchObject({
      ok: true,
      value: [{ cursorAgentId: agent.id, name: 'Lost one' }],
    });
    const adopted = await world.engine.adopt(agent.id);
    if (!adopted.ok) throw new Error(adopted.error.message);
    const state = await world.until(adopted.value.sessionId, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    expect(await world.engine.orphans()).toMatchObject({ ok: true, value: [] });
  });
});

describe('another account, another cloud', () => {
  test('a session of another account is held instead of being treated as lost, and continues with its own account', async () => {
    await using world = await openWorld();
    world.settings.identity = 'first account';
    await world.restart();
    const id = await start(world, oneAgent(world.repository, ['wait 1h', 'conclude']));
    await world.until(id, isRunning);
    world.settings.identity = 'second account';
    await world.restart();
    const held = await world.until(id, (state) => state.phase.kind === 'held');
    expect(held.phase).toMatchObject({ reason: 'account-changed' });
    expect(await world.engine.reconnect(id)).toMatchObject({
      ok: false,
      error: { code: 'account_changed' },
    });
    await world.engine.changeCredentials(async () => {
      world.settings.identity = 'first account';
    });
    expect(await world.engine.reconnect(id)).toMatchObject({ ok: true });
    await finishRun(world);
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
  });
});
