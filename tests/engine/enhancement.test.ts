import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { questionsOf } from '../../src/session/session-flow.ts';
import type { SessionState } from '../../src/session/state.ts';
import { sessionStatus } from '../../src/session/status/session-status.ts';
import { PLANNER_ID } from '../../src/workflow/planner.ts';
import { FakeWorld, workflowOf } from '../../testing/engine/fake-world.ts';

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const enhanced = (settings: object = {}, agents: Parameters<typeof workflowOf>[0] = ['a', 'b']) =>
  workflowOf(agents, agents.length > 1 ? ['a>b'] : [], {
    loopAndEnhance: { enabled: true, ...settings },
  });

type Id = SessionState['id'];
const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 120_000, interval: 5 });
const atWork = (agent: string) => until(() => expect(world.local.runningAgents).toContain(agent));
const isAsking = (id: Id) => until(() => expect(questionsOf(world.state(id))).toHaveLength(1));
const ended = async (id: Id, cause: string) => {
  await until(() => expect(world.state(id).phase.kind).toBe('ended'));
  expect(world.state(id).enhance?.ended?.cause).toBe(cause);
  return world.state(id);
};

const begin = (workflow: unknown) => world.start(workflow, { folder: '/one' });

const answer = async (id: Id, given: 'approve' | 'reject' | 'changes', note?: string) => {
  const said = { question: null, answer: given, note: note ?? null, plan: null, by: 'test' };
  expect(await world.engine.answer(id, said)).toMatchObject({ ok: true });
};

const proposal = (edits: unknown, summary = 'Better words.') =>
  `I looked at it.\n\n\`\`\`json\n${JSON.stringify({ summary, edits })}\n\`\`\``;
const better = [{ kind: 'update-agent', agentId: 'a', set: { instructions: 'With care.' } }];

/** Lets the present round fail, and the planner answer. */
async function failAndPlan(edits: unknown, agent = 'a') {
  await atWork(agent);
  world.local.end(agent, { status: 'ERROR', result: 'It broke.' });
  await atWork(PLANNER_ID);
  world.local.end(PLANNER_ID, { result: proposal(edits) });
}

const promptsOf = (agent: string) => world.local.threadOf(agent).turns.map(({ prompt }) => prompt);

describe('edits of a planner', () => {
  it('wait for the user where rounds pause, across a restart, and for changed repositories, agents or verifiers', async () => {
    const repository = { url: 'https://github.com/acme/other' };
    for (const [settings, edits] of [
      [{ pauseBetweenRounds: true }, better],
      [{}, [...better, { kind: 'add-repository', repository }]],
      [{}, [{ kind: 'remove-agent', agentId: 'a' }]],
      [
        { verifiers: ['b'] },
        [...better, { kind: 'update-agent', agentId: 'b', set: { instructions: 'Accept it.' } }],
      ],
    ] as const) {
      const id = await begin(enhanced(settings));
      await failAndPlan(edits);
      await isAsking(id);
      expect(questionsOf(world.state(id))[0]?.kind).toBe('edits');
      await world.restart();
      expect(sessionStatus(world.state(id))).toBe('waiting');
      expect(world.state(id).enhance?.round).toBe(1);
      await answer(id, 'reject', 'Not like this.');
      expect((await ended(id, 'rejected')).phase).toMatchObject({ outcome: 'failed' });
      expect(world.state(id).enhance?.ended?.reason).toBe('Not like this.');
    }
  });

  it('wait for the user if agents could start more often than announced, and the approved number becomes the new limit', async () => {
    const more = (...names: string[]) =>
      names.map((id) => ({ kind: 'add-agent', agent: { id, name: id, instructions: 'Help.' } }));
    const id = await begin(enhanced());
    await failAndPlan(more('c', 'd'));
    await isAsking(id);
    expect(world.state(id).enhance?.proposal?.approvalReasons).toEqual([
      'The session could start agents up to 14 times instead of 8.',
    ]);
    await answer(id, 'approve');
    await atWork('a');
    for (const helper of ['c', 'd']) {
      await atWork(helper);
      world.local.end(helper);
    }
    await failAndPlan([
      { kind: 'remove-agent', agentId: 'c' },
      { kind: 'update-agent', agentId: 'd', set: { loop: null } },
      ...more('e'),
      ...better,
    ]);
    await until(() => expect(world.state(id).enhance?.round).toBe(3));
  });

  it('are proposed again when the user requests changes, and take effect when they are approved', async () => {
    const id = await begin(enhanced({ pauseBetweenRounds: true }));
    await failAndPlan(better);
    await isAsking(id);
    await answer(id, 'changes', 'Say how to test it.');
    await atWork(PLANNER_ID);
    expect(promptsOf(PLANNER_ID).at(-1)).toContain('Say how to test it.');
    const set = { instructions: 'With care and tests.' };
    world.local.end(PLANNER_ID, {
      result: proposal([{ kind: 'update-agent', agentId: 'a', set }]),
    });
    await isAsking(id);
    await answer(id, 'approve', 'Mind the deadline.');
    await atWork('a');
    expect(world.state(id).workflow.agents[0]).toMatchObject(set);
    const prompt = promptsOf('a').at(-1);
    expect(prompt).toContain('With care and tests.');
    expect(prompt).toContain('Mind the deadline.');
    expect(prompt).toContain('Round 2 of at most 3');
    world.local.end('a');
    await atWork('b');
    world.local.end('b');
    expect((await ended(id, 'converged')).phase).toMatchObject({ outcome: 'finished' });
  });

  it('that are invalid are requested again with the reasons, and then end the rounds', async () => {
    const id = await begin(enhanced());
    await failAndPlan([{ kind: 'remove-agent', agentId: 'nobody' }]);
    await atWork(PLANNER_ID);
    expect(promptsOf(PLANNER_ID).at(-1)).toContain('there is no agent "nobody"');
    const invalid = [
      { kind: 'remove-agent', agentId: 'a' },
      { kind: 'remove-agent', agentId: 'b' },
    ];
    world.local.end(PLANNER_ID, { result: proposal(invalid) });
    const state = await ended(id, 'no-useful-edit');
    expect(state.phase).toMatchObject({ outcome: 'failed' });
    expect(world.agent(id, PLANNER_ID).phase).toMatchObject({
      outcome: 'failed',
      cause: { code: 'edits_invalid', message: expect.stringContaining('no agents') },
    });
    expect(state.workflow.agents).toHaveLength(2);
  });

  it('that remove an agent and add it again are invalid, because it would run elsewhere', async () => {
    const id = await begin(enhanced());
    const again = [
      { kind: 'remove-agent', agentId: 'b' },
      { kind: 'add-agent', agent: { name: 'B', instructions: 'Work.' } },
      { kind: 'connect', source: 'a', target: 'b' },
    ];
    await failAndPlan(again);
    await atWork(PLANNER_ID);
    expect(promptsOf(PLANNER_ID).at(-1)).toContain('"b" is the id of an agent that was removed');
    world.local.end(PLANNER_ID, { result: proposal(again) });
    await ended(id, 'no-useful-edit');
  });

  it.each([
    ['none', []],
    ['nothing that changes', [{ kind: 'describe-workflow', description: '' }]],
    ['what is there already', [{ kind: 'update-agent', agentId: 'a', set: { name: 'Agent a' } }]],
  ])('that are %s end the rounds', async (_, edits) => {
    const id = await begin(enhanced());
    await failAndPlan(edits);
    await ended(id, 'no-useful-edit');
  });

  it('that restore the workflow of an earlier, unsuccessful round end the rounds', async () => {
    const id = await begin(enhanced({ maxRounds: 5 }));
    await failAndPlan(better);
    await until(() => expect(world.state(id).enhance?.round).toBe(2));
    await failAndPlan([{ kind: 'update-agent', agentId: 'a', set: { instructions: 'Work.' } }]);
    const state = await ended(id, 'no-useful-edit');
    expect(state.enhance?.ended?.reason).toContain('restore the workflow of round 1');
  });

  it('add and remove agents, whose work and names are preserved', async () => {
    const id = await begin(enhanced({}, ['a', 'b', { id: 'c', role: 'documenter' }]));
    await atWork('a');
    await atWork('c');
    world.local.end('c');
    await failAndPlan([
      { kind: 'remove-agent', agentId: 'c' },
      { kind: 'add-agent', agent: { id: 'd', name: 'Agent d', instructions: 'Help.' } },
      ...better,
    ]);
    await atWork('d');
    const removed = world.agent(id, 'c');
    expect(removed.phase).toMatchObject({ outcome: 'skipped', cause: { code: 'removed' } });
    expect(removed.attempts).toHaveLength(1);
    world.local.end('d');
    world.local.end('a');
    await atWork('b');
    world.local.end('b');
    await ended(id, 'converged');
  });
});

describe('a round', () => {
  it('is not successful while a verifier rejects it, and its reason is shown', async () => {
    const reviewer = { id: 'b', role: 'reviewer' };
    const id = await begin(enhanced({ maxRounds: 2 }, ['a', reviewer]));
    const verdict = (holds: boolean, reason: string) =>
      `Checked.\n\n\`\`\`decision\n${JSON.stringify({ 'verdict:b': { holds, reason } })}\n\`\`\``;
    await atWork('a');
    world.local.end('a');
    await atWork('b');
    expect(promptsOf('b')[0]).toContain('complete and correct');
    world.local.end('b', { result: verdict(false, 'The empty cart fails.') });
    await atWork(PLANNER_ID);
    expect(promptsOf(PLANNER_ID)[0]).toContain('The empty cart fails.');
    world.local.end(PLANNER_ID, { result: proposal(better) });
    await atWork('a');
    expect(promptsOf('a').at(-1)).toContain('The empty cart fails.');
    world.local.end('a');
    await atWork('b');
    world.local.end('b', { result: verdict(true, 'All fine.') });
    await ended(id, 'converged');
  });

  it('waits for the user when the verdict is unreadable', async () => {
    const id = await begin(enhanced({ verifiers: ['a'] }, ['a']));
    await atWork('a');
    world.local.end('a', { result: 'Perhaps.' });
    await atWork('a');
    world.local.end('a', { result: 'Hard to say.' });
    await isAsking(id);
    await answer(id, 'reject', 'It is not.');
    await atWork(PLANNER_ID);
    expect(promptsOf(PLANNER_ID)[0]).toContain('It is not.');
    await world.engine.cancel(id);
    expect((await ended(id, 'cancelled')).phase).toMatchObject({ outcome: 'cancelled' });
  });

  it('is followed by another one after feedback alone, and feedback that is too late is refused', async () => {
    const id = await begin(enhanced({}, ['a']));
    await atWork('a');
    const feedback = (text: string) => world.engine.feedback(id, { text, by: 'test' });
    expect(await feedback('Too slow.')).toMatchObject({ ok: true });
    world.local.end('a');
    await atWork(PLANNER_ID);
    expect(promptsOf(PLANNER_ID)[0]).toContain('Too slow.');
    world.local.end(PLANNER_ID, { result: proposal(better) });
    await atWork('a');
    expect(promptsOf('a').at(-1)).toContain('Too slow.');
    world.local.end('a');
    await ended(id, 'converged');
    expect(await feedback('Still slow.')).toMatchObject({ error: { code: 'rounds_ended' } });
    const plain = await begin(workflowOf(['a']));
    expect(await world.engine.feedback(plain, { text: 'Hm.', by: 'test' })).toMatchObject({
      error: { code: 'no_rounds' },
    });
  });

  it('keeps the conversation of every agent, including failed ones, or optionally starts new ones', async () => {
    for (const threads of ['same', 'fresh'] as const) {
      const id = await begin(enhanced({ threads }, ['a']));
      await failAndPlan(better);
      await until(() => expect(world.agent(id, 'a').attempts).toHaveLength(2));
      await atWork('a');
      const [first, second] = world.agent(id, 'a').attempts;
      expect(second?.threadId === first?.threadId).toBe(threads === 'same');
      world.local.end('a');
      await ended(id, 'converged');
    }
  });

  it('continues where it stopped when the user retries failed agents', async () => {
    const id = await begin(enhanced({}, ['a']));
    await failAndPlan([]);
    await ended(id, 'no-useful-edit');
    await world.engine.retry(id, world.agent(id, 'a').id);
    await atWork('a');
    world.local.end('a');
    expect((await ended(id, 'converged')).phase).toMatchObject({ outcome: 'finished' });
  });

  it('is successful under lenient rules if the user cancelled the missing agents', async () => {
    const id = await begin(enhanced({ strictness: 'lenient' }));
    await atWork('a');
    await world.engine.cancel(id, world.agent(id, 'a').id);
    await ended(id, 'converged');
  });

  it('is the last one when the planner fails or the maximum number of rounds is reached', async () => {
    const id = await begin(enhanced({}, ['a']));
    await atWork('a');
    world.local.end('a', { status: 'ERROR' });
    await atWork(PLANNER_ID);
    world.local.end(PLANNER_ID, { status: 'ERROR' });
    await ended(id, 'failed');
    const single = await begin(enhanced({ maxRounds: 1 }, ['a']));
    await atWork('a');
    world.local.end('a', { status: 'ERROR' });
    await ended(single, 'most-rounds');
    expect(world.state(single).agents).toHaveLength(1);
  });
});
