import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfirmationKind } from '../../src/engine/api.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { agentNamed, isOver, openWorld, type World } from '../../testing/engine-world.ts';

const SECRET = 'value-that-nobody-may-store';

let world: World;
beforeEach(async () => {
  world = await openWorld({ paceMs: 0 });
  world.settings.variables = { STAGING_TOKEN: SECRET };
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const scripted = (lines: readonly string[], cloud: object = {}, agent: object = {}) => {
  const workflow = oneAgent(world.repository, lines);
  return {
    ...workflow,
    agents: workflow.agents.map((one) => ({ ...one, ...agent })),
    settings: { ...workflow.settings, cloud: { ...workflow.settings.cloud, ...cloud } },
  };
};
const withVariables = (...lines: string[]) => scripted(lines, { envVars: ['STAGING_TOKEN'] });
const start = async (
  workflow: object,
  confirmed: readonly ConfirmationKind[] = ['pass-variables'],
): Promise<SessionId> => {
  const outcome = await world.engine.start({ workflow, confirmed });
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value.sessionId;
};
const eventsOf = (id: SessionId) =>
  world.journal.sessionEvents(id, { limit: 1000 }).map(({ event }) => event);
const fault = (match: object, effect: object) => world.fault({ match, effect });

describe('an agent with variables', () => {
  test('gets them from this machine, under an id chosen by the cloud', async () => {
    const id = await start(
      withVariables(
        'run test "$STAGING_TOKEN" = value-that-nobody-may-store && touch yes.txt',
        'say ok',
      ),
    );
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const { agents } = await world.ledger();
    expect(agents).toMatchObject([{ idChosenBy: 'server' }]);
    const attempt = agentNamed(state, 'a').attempts[0];
    expect(attempt?.threadId).toBe(agents[0]?.id);
    expect(attempt?.branches).toHaveLength(1);
  });

  test('leaves no value in any file', async () => {
    world.settings.variables = { STAGING_TOKEN: 'another-value-of-the-person' };
    const id = await start(withVariables('run test -n "$STAGING_TOKEN"', 'say ok'));
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
    await world.stop();
    const home = join(world.folder, 'home');
    for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      expect(bytes.includes('another-value-of-the-person'), entry.name).toBe(false);
    }
  });

  test('is created once when the response to its create request is lost', async () => {
    await fault({ operation: 'createAgent', nth: 1 }, { kind: 'reset', when: 'after' });
    const id = await start(withVariables('say hello'));
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    const { agents } = await world.ledger();
    expect(agents).toHaveLength(1);
    expect(agents[0]?.runs).toHaveLength(1);
    expect(eventsOf(id).findLast(({ type }) => type === 'Launched')).toMatchObject({
      adopted: true,
    });
  });

  test('is created once when the daemon crashes before the response', async () => {
    await fault({ operation: 'createAgent', nth: 1 }, { kind: 'hang', when: 'after' });
    const id = await start(withVariables('say hello'));
    await expect.poll(async () => (await world.ledger()).agents.length).toBe(1);
    await world.restart();
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'finished' });
    expect((await world.ledger()).agents).toHaveLength(1);
  });

  test('is not created a second time when the result of the first request is unknown', async () => {
    await fault({ operation: 'createAgent', nth: 1 }, { kind: 'reset', when: 'before' });
    const id = await start(withVariables('say hello'));
    await world.until(id, (state) => {
      const { phase } = agentNamed(state, 'a');
      return phase.kind === 'launching' && phase.uncertain?.code === 'unreachable';
    });
    world.settings.clockOffsetMs += 200_000;
    await world.restart();
    const state = await world.until(id, isOver);
    expect(agentNamed(state, 'a').phase).toMatchObject({
      kind: 'settled',
      outcome: 'failed',
      cause: { code: 'launch_unresolved' },
    });
    expect((await world.ledger()).agents).toEqual([]);
  });

  test('waits while this machine has no value, and says which', async () => {
    world.settings.variables = {};
    const workflow = withVariables('say hello');
    const { problems, canStart } = await world.engine.preflight({ workflow });
    expect(canStart).toBe(false);
    expect(problems.map(({ code }) => code)).toContain('variable_missing');
    const id = await start(workflow);
    const waiting = await world.until(id, (state) => {
      const { phase } = agentNamed(state, 'a');
      return phase.kind === 'launching' && phase.deferred !== null;
    });
    expect(agentNamed(waiting, 'a').phase).toMatchObject({
      deferred: { reason: 'credentials', failure: { code: 'variable_missing' } },
    });
    world.settings.variables = { STAGING_TOKEN: SECRET };
    world.settings.clockOffsetMs += 60_000;
    await world.restart();
    expect((await world.until(id, isOver)).phase).toMatchObject({ outcome: 'finished' });
  });

  test('is cancelled while its response is pending: searched for, and not created again', async () => {
    await fault({ operation: 'createAgent', nth: 1 }, { kind: 'reset', when: 'after' });
    const id = await start(withVariables('wait 10h'));
    await expect.poll(async () => (await world.ledger()).agents.length).toBe(1);
    await world.engine.cancel(id);
    const state = await world.until(id, isOver);
    expect(state.phase).toMatchObject({ outcome: 'cancelled' });
    const { agents } = await world.ledger();
    expect(agents).toHaveLength(1);
    expect(agents[0]?.runs[0]?.status).toBe('CANCELLED');
  });
});

describe('options that are confirmed', () => {
  const open = async (workflow: object) =>
    (await world.engine.preflight({ workflow })).confirmations.map(({ kind }) => kind);

  test('passing variables is confirmed once, and again when the instructions of the agents change', async () => {
    const workflow = withVariables('say hello');
    const refused = await world.engine.start({ workflow });
    expect(refused).toMatchObject({ ok: false, error: { code: 'confirmation_needed' } });
    expect(await open(workflow)).toEqual(['pass-variables']);
    await world.until(await start(workflow), isOver);
    expect(await open(workflow)).toEqual([]);
    expect(await open(withVariables('say something else'))).toEqual(['pass-variables']);
  });

  test('pushing to an existing branch is confirmed once for each branch', async () => {
    const on = (startingRef: string) =>
      scripted(['say ok'], {
        workOnCurrentBranch: true,
        repos: [{ url: world.repository, startingRef }],
      });
    expect(await open(on('main'))).toEqual(['work-on-current-branch']);
    await world.until(await start(on('main'), ['work-on-current-branch']), isOver);
    expect(await open(on('main'))).toEqual([]);
    expect(await open(on('release'))).toEqual(['work-on-current-branch']);
  });
});

describe('model, parameters and mode', () => {
  test('are requested as named in the workflow, and changed by a follow-up from that point on', async () => {
    const choice = { model: 'composer-2.5', modelParameters: { thinking: 'high' }, mode: 'plan' };
    const id = await start(scripted(['write a.txt x', 'say planned'], {}, choice), []);
    const planned = await world.until(id, isOver);
    expect(agentNamed(planned, 'a').attempts[0]).toMatchObject({ ...choice, branches: [] });
    const agentId = agentNamed(planned, 'a').id;
    const text = '```rehearse\nwrite a.txt x\nsay done\n```';
    const bad = await world.engine.followUp(id, agentId, text, {
      modelParameters: { fast: 'true' },
    });
    expect(bad).toMatchObject({ ok: false, error: { code: 'model_parameters_without_model' } });
    const options = { model: 'gpt-5.5', mode: 'agent' } as const;
    expect(await world.engine.followUp(id, agentId, text, options)).toMatchObject({ ok: true });
    const done = await world.until(id, (state) => {
      const agent = agentNamed(state, 'a');
      return agent.attempts[0]?.turns.length === 2 && agent.phase.kind === 'settled';
    });
    const attempt = agentNamed(done, 'a').attempts[0];
    expect(attempt).toMatchObject({ model: 'gpt-5.5', mode: 'agent' });
    expect(attempt).not.toHaveProperty('modelParameters');
    expect(attempt?.branches).toHaveLength(1);
    const { agents } = await world.ledger();
    expect(agents[0]?.runs).toMatchObject([
      { mode: 'plan', asked: { model: { params: [{ id: 'thinking', value: 'high' }] } } },
      { mode: 'agent', asked: { model: { id: 'gpt-5.5' } } },
    ]);
  });

  test('are validated by the account before the start', async () => {
    const codes = async (agent: object) => {
      const { problems } = await world.engine.preflight({
        workflow: scripted(['say x'], {}, agent),
      });
      return problems.map(({ code, path }) => `${code} ${path.join('.')}`);
    };
    const model = 'composer-2.5';
    expect(await codes({ model, modelParameters: { speed: 'x' } })).toContain(
      'invalid_model_parameter agents.0.modelParameters.speed',
    );
    expect(await codes({ model, modelParameters: { fast: 'maybe' } })).toContain(
      'invalid_model_parameter agents.0.modelParameters.fast',
    );
    expect(await codes({ model: 'auto', modelParameters: { fast: 'true' } })).toContain(
      'invalid_model_parameter agents.0.modelParameters',
    );
    const subagents = [{ name: 's', description: 'd', prompt: 'p', model: 'no-such' }];
    expect(await codes({ subagents })).toContain('invalid_model agents.0.subagents.0.model');
    expect(await codes({ model, modelParameters: { fast: 'true' } })).toEqual([]);
  });
});
