import { expect, test } from 'vitest';
import type { FollowLine } from '../../src/runtimes/local/protocol.ts';
import {
  endOfTurn,
  linesOfTurn,
  newThreadId,
  RunnerWorld,
  startRequest,
  turnIdOf,
} from '../../testing/local/runner-world.ts';

const allow = { decision: 'allow', scope: 'once' } as const;
const untilAsked = { shouldContinue: (line: FollowLine) => !('request' in line) };

/** The first request of the turn, or the first behind another one. */
async function requestOf(
  world: RunnerWorld,
  threadId: string,
  { turnId = turnIdOf(threadId), behind = '' } = {},
) {
  let isBehind = behind === '';
  const shouldContinue = (line: FollowLine) => {
    if (!('request' in line)) return true;
    if (isBehind) return false;
    isBehind = line.request.requestId === behind;
    return true;
  };
  const lines = await linesOfTurn(world.client, threadId, { turnId, shouldContinue });
  const last = lines.at(-1);
  if (last === undefined || !('request' in last)) throw new Error('Nothing was asked');
  return last.request;
}
const answering = (world: RunnerWorld, threadId: string, requestId: string) => (answer: object) =>
  world.client.answerRequest(threadId, turnIdOf(threadId), requestId, { ...allow, ...answer });

test.concurrent('a tool call waits for its answer, which is used once, even if it is given several times', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  const file = world.file('effects');
  await world.start(threadId, [
    { ask: 'forbidden x', file },
    { ask: 'make', file },
    { ask: 'make', file },
  ]);
  const first = await requestOf(world, threadId);
  expect(first).toMatchObject({ command: 'make', category: 'execution', folder: world.folder });
  const answer = answering(world, threadId, first.requestId);
  expect(await answer({})).toMatchObject({ ok: true });
  expect(await answer({})).toMatchObject({ ok: true });
  expect(await answer({ decision: 'deny' })).toMatchObject({
    ok: false,
    error: { code: 'request_ended' },
  });
  const second = await requestOf(world, threadId, { behind: first.requestId });
  await answering(world, threadId, second.requestId)({ decision: 'deny', note: 'Not twice.' });
  expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'FINISHED' });
  expect(world.linesIn('effects')).toEqual(['make']);
  const lines = await linesOfTurn(world.client, threadId);
  expect(lines.filter((line) => 'requestEnded' in line)).toMatchObject([
    { requestEnded: { requestId: first.requestId, outcome: 'answered', answer: allow } },
    { requestEnded: { requestId: second.requestId, answer: { note: 'Not twice.' } } },
  ]);
  const texts = lines.flatMap((line) => ('item' in line ? [line.item.dataText] : []));
  expect(texts.some((text) => text.includes('not permitted'))).toBe(true);
  expect(texts.some((text) => text.includes('Not twice.'))).toBe(true);
});

test.concurrent('a request survives its daemon and is reported again after any cursor', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ ask: 'make', file: world.file('effects') }]);
  const asked = await requestOf(world, threadId);
  await world.client.close();
  world.client = world.newClient();
  const lines = await linesOfTurn(world.client, threadId, { after: 10_000, ...untilAsked });
  expect(lines.at(-1)).toMatchObject({ request: { requestId: asked.requestId } });
  await answering(world, threadId, asked.requestId)({});
  expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'FINISHED' });
});

test.concurrent('a cancelled turn withdraws its request, which can then no longer be answered', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ ask: 'make', file: world.file('effects') }]);
  const { requestId } = await requestOf(world, threadId);
  await world.client.cancel(threadId, turnIdOf(threadId));
  expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'CANCELLED' });
  expect(await answering(world, threadId, requestId)({})).toMatchObject({
    ok: false,
    error: { code: 'request_ended' },
  });
  const lines = await linesOfTurn(world.client, threadId);
  expect(lines.filter((line) => 'requestEnded' in line)).toMatchObject([
    { requestEnded: { requestId, outcome: 'withdrawn' } },
  ]);
  expect(world.linesIn('effects')).toEqual([]);
});

test.concurrent('a crash of the runner withdraws the request; the resumed turn requests again, except what was answered for the session', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  const file = world.file('effects');
  const steps = [
    { ask: 'make', file },
    { ask: 'make install', file },
  ];
  await world.start(threadId, steps);
  const first = await requestOf(world, threadId);
  await answering(world, threadId, first.requestId)({ scope: 'session' });
  const second = await requestOf(world, threadId, { behind: first.requestId });
  await world.killRunner();
  expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'INTERRUPTED' });
  expect(await answering(world, threadId, second.requestId)({})).toMatchObject({ ok: false });
  const { turn, secrets } = startRequest(world.folder, threadId, steps);
  await world.client.startTurn(threadId, { turn: { ...turn, turnId: 'turn-again' }, secrets });
  const again = await requestOf(world, threadId, { turnId: 'turn-again' });
  expect(again).toMatchObject({ command: 'make install' });
  expect(again.requestId).not.toBe(second.requestId);
  await world.client.answerRequest(threadId, 'turn-again', again.requestId, allow);
  expect(await endOfTurn(world.client, threadId, 'turn-again')).toMatchObject({
    status: 'FINISHED',
  });
  expect(world.linesIn('effects')).toEqual(['make', 'make', 'make install']);
});
