import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ToolRequestAnswer } from '../../src/engine/api.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { openRequestsOf } from '../../src/session/requests/tool-requests.ts';
import {
  agentStatus,
  requiresAction,
  sessionStatus,
} from '../../src/session/status/session-status.ts';
import { FakeWorld, workflowOf } from '../../testing/engine/fake-world.ts';

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld({ requestsTools: true });
});
afterEach(() => world[Symbol.asyncDispose]());

const settings = {
  permissions: {
    execution: 'ask',
    rules: [{ category: 'execution', pattern: 'git push *', decision: 'deny' }],
  },
};
const askedBy = (id: SessionId) =>
  openRequestsOf(world.state(id)).map(({ agent, request }) => `${agent.id}: ${request.command}`);
const statusOf = (id: SessionId, name: string) =>
  agentStatus(world.state(id), world.agent(id, name));
const kindsOf = (id: SessionId) =>
  world.journal
    .sessionEvents(id, { limit: 1_000 })
    .flatMap(({ event }) => (event.type.startsWith('Tool') ? [event.type] : []));

/** A session whose agents are at work. */
async function running(agents = ['a'], folder = '/one'): Promise<SessionId> {
  const before = world.local.runningAgents.length;
  const id = await world.start(workflowOf(agents, [], settings), { folder });
  await expect.poll(() => world.local.runningAgents).toHaveLength(before + agents.length);
  await expect.poll(() => statusOf(id, agents.at(-1) ?? '')).toBe('running');
  return id;
}

/** The code of the refusal; null when it was taken. */
async function answer(id: SessionId, given: Partial<ToolRequestAnswer> = {}) {
  const [first] = openRequestsOf(world.state(id));
  const request = first?.request.requestId ?? 'none';
  const whole = { request, decision: 'allow', scope: 'once', by: 'cli' } as const;
  const answered = await world.engine.answerToolRequest(id, { ...whole, ...given });
  return answered.ok ? null : answered.error.code;
}

describe('a tool call that needs permission', () => {
  test('makes its agent wait for the user and describes the call', async () => {
    const id = await running();
    world.local.ask('a', { command: 'npm test' });
    await expect.poll(() => statusOf(id, 'a')).toBe('requires-action');
    expect(sessionStatus(world.state(id))).toBe('waiting');
    expect(requiresAction(world.state(id))).toMatchObject({
      code: 'permission_needed',
      message: '"Agent a" wants to run: npm test',
    });
  });

  test('continues with the first answer and refuses later ones', async () => {
    const id = await running();
    const asked = world.local.ask('a');
    await expect.poll(() => askedBy(id)).toEqual(['a: make']);
    const [first] = openRequestsOf(world.state(id));
    const request = first?.request.requestId.slice('request-'.length, 16) ?? '';
    expect(await answer(id, { request, decision: 'deny', note: 'Not now.' })).toBeNull();
    await expect
      .poll(() => asked.end())
      .toMatchObject({ outcome: 'answered', answer: { decision: 'deny', note: 'Not now.' } });
    expect(await answer(id, { request })).toBe('already_answered');
    await expect.poll(() => statusOf(id, 'a')).toBe('running');
    await expect
      .poll(() => kindsOf(id))
      .toEqual(['ToolRequested', 'ToolRequestAnswered', 'ToolAnswerDelivered']);
  });

  test('is recorded once, even if it is reported several times', async () => {
    const id = await running();
    const asked = world.local.ask('a');
    asked.tell();
    await world.restart();
    await expect.poll(() => askedBy(id)).toEqual(['a: make']);
    await answer(id);
    await expect.poll(() => asked.end()).not.toBeNull();
    await expect.poll(() => kindsOf(id)).toHaveLength(3);
    asked.tell();
    expect(kindsOf(id)).toHaveLength(3);
  });

  test('keeps its answer until it is delivered, across a restart', async () => {
    const id = await running();
    const asked = world.local.ask('a');
    await expect.poll(() => askedBy(id)).toHaveLength(1);
    world.local.isUnreachable = true;
    expect(await answer(id)).toBeNull();
    expect(asked.end()).toBeNull();
    await world.restart(() => {
      world.local.isUnreachable = false;
    });
    await expect.poll(() => asked.end()).toMatchObject({ outcome: 'answered' });
  });

  test('is withdrawn when its turn ends, and the turn that continues asks again', async () => {
    const id = await running();
    const asked = world.local.ask('a');
    await expect.poll(() => askedBy(id)).toHaveLength(1);
    const [first] = openRequestsOf(world.state(id));
    world.local.end('a', { status: 'INTERRUPTED', failure: { code: 'x', message: 'It crashed.' } });
    await expect.poll(() => askedBy(id)).toEqual([]);
    expect(asked.end()).toBeNull();
    expect(await answer(id, { request: first?.request.requestId ?? '' })).not.toBeNull();
    await expect.poll(() => world.local.runningAgents).toEqual(['a']);
    world.local.ask('a');
    await expect.poll(() => askedBy(id)).toEqual(['a: make']);
  });

  test('is not answered for an agent that is being cancelled', async () => {
    const id = await running();
    world.local.ask('a');
    await expect.poll(() => askedBy(id)).toHaveLength(1);
    await world.engine.cancel(id);
    expect(await answer(id)).toBe('no_open_question');
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('an answer that applies to more than one call', () => {
  test('applies to the current and later requests of the other agents of the session', async () => {
    const id = await running(['a', 'b']);
    const first = world.local.ask('a', { command: 'npm test' });
    const second = world.local.ask('b', { command: 'npm test --watch' });
    const third = world.local.ask('b', { command: 'make' });
    await expect.poll(() => askedBy(id)).toHaveLength(3);
    const [mine] = openRequestsOf(world.state(id));
    const request = mine?.request.requestId ?? '';
    expect(await answer(id, { request, scope: 'session', pattern: 'npm *' })).toBeNull();
    await expect.poll(() => first.end()).toMatchObject({ answer: { scope: 'session' } });
    await expect.poll(() => second.end()).toMatchObject({ answer: { decision: 'allow' } });
    expect(third.end()).toBeNull();
    const later = world.local.ask('b', { command: 'npm run build' });
    await expect.poll(() => later.end()).toMatchObject({ answer: { decision: 'allow' } });
    expect(askedBy(id)).toEqual(['b: make']);
    const pushed = world.local.ask('b', { command: 'npm x && git push' });
    await expect.poll(() => pushed.end()).toMatchObject({ answer: { decision: 'deny' } });
  });

  test('"always" is a rule for later sessions of this workflow in this folder, and only there', async () => {
    const id = await running();
    world.local.ask('a', { command: 'npm test' });
    await expect.poll(() => askedBy(id)).toHaveLength(1);
    await answer(id, { scope: 'always' });
    world.local.end('a');
    await expect.poll(() => world.state(id).phase).toMatchObject({ outcome: 'finished' });
    for (const [folder, count] of [
      ['/one', 2],
      ['/two', 1],
    ] as const) {
      await running(['a'], folder);
      const { rules } = world.local.threadOf('a').request.permissions ?? { rules: [] };
      expect(rules).toHaveLength(count);
      world.local.end('a');
    }
  });

  test('is refused with a pattern that would match only one call', async () => {
    const id = await running();
    world.local.ask('a');
    await expect.poll(() => askedBy(id)).toHaveLength(1);
    expect(await answer(id, { pattern: '*' })).toBe('answer_not_possible');
    expect(askedBy(id)).toHaveLength(1);
  });
});

test('a launch carries the permissions of the workflow, and its own rules', async () => {
  await running();
  expect(world.local.threadOf('a').request.permissions).toEqual({
    filesystemWrite: 'allow',
    execution: 'ask',
    network: 'allow',
    mcp: 'allow',
    rules: [{ category: 'execution', pattern: 'git push *', decision: 'deny' }],
  });
});
