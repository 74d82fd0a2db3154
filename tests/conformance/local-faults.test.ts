import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { script } from './harness.ts';
import { answerOnly, type LocalHarness, startLocalHarness, textIn } from './local-harness.ts';

describe("faults of turns in the SDK's local mode, without the SDK's own retries", () => {
  let harness: LocalHarness;
  let agentId: string;
  beforeAll(async () => {
    harness = await startLocalHarness();
    agentId = await harness.create();
  });
  afterEach(() => harness.clear());
  afterAll(() => harness.close());

  const done = script('say Some words to be said.');
  const local = { operation: 'runLocal', nth: 1 };

  it.each([
    [{ code: 'internal', message: 'Out of order' }, '[internal] Out of order'],
    [{ code: 'unavailable', message: 'Busy' }, '[unavailable] Busy'],
    [
      {
        code: 'resource_exhausted',
        details: { error: 'RATE_LIMITED', title: 'Slow down.', detail: 'Wait an hour.' },
      },
      'Slow down. Wait an hour.',
    ],
    [
      {
        code: 'invalid_argument',
        details: {
          error: 'BAD_MODEL_NAME',
          title: 'No such model.',
          detail: 'Choose another.',
          isRetryable: false,
        },
      },
      'No such model. Choose another.',
    ],
    [
      {
        code: 'unauthenticated',
        details: { error: 'NOT_LOGGED_IN', title: 'Log in.', detail: 'Bad key.' },
      },
      'Log in. Bad key.',
    ],
  ])('ends a turn with %j', async (error, message) => {
    await harness.addFault(local, { kind: 'turn-error', afterEvents: 3, ...error });
    const { result } = await harness.run(agentId, done);
    expect(result).toMatchObject({ status: 'error', error: { message } });
  });

  it.each([
    ['cut in the stream', { kind: 'cut', afterEvents: 4 }],
    ['cut in a message', { kind: 'cut', afterBytes: 300, how: 'end' }],
    ['stream that ends without a word', { kind: 'no-end' }],
    ['bytes that nobody can read', { kind: 'garbage', afterEvents: 4 }],
  ])('fails at a %s', async (_name, effect) => {
    await harness.addFault(local, effect);
    const { result } = await harness.run(agentId, done);
    expect(result.status).toBe('error');
    const again = await harness.run(agentId, done);
    expect(again.result.status).toBe('finished');
  });

  it('refuses the stream with the codes of its protocol', async () => {
    await harness.addFault(local, { kind: 'error', code: 'unauthenticated', message: 'Bad token' });
    const { result } = await harness.run(agentId, done);
    expect(result).toMatchObject({ status: 'error' });
    // Observed: of an answer that is no stream the SDK shows the status alone.
    expect(result.error?.message).toBe('[unauthenticated] HTTP 401');
  });

  it('fails when a message of the client is refused', async () => {
    await harness.addFault(
      { operation: 'appendLocal', nth: 2 },
      { kind: 'error', code: 'internal' },
    );
    const { result } = await harness.run(agentId, done);
    expect(result.status).toBe('error');
  });

  it('refuses a model that the account does not have', async () => {
    await expect(harness.create({ model: { id: 'no-such-model' } })).rejects.toThrow(
      'no-such-model',
    );
  });

  it('reports no usage', async () => {
    await harness.addFault(local, { kind: 'no-usage' });
    const report = await harness.run(agentId, done);
    expect(report.result.status).toBe('finished');
    expect(report.result.usage).toBeUndefined();
    expect(report.messages.map(({ type }) => type)).not.toContain('usage');
  });

  it('repeats the first text after half of it', async () => {
    await harness.addFault(local, { kind: 'repeat-text' });
    const report = await harness.run(agentId, done);
    expect(textIn(report)).toBe('Some words toSome words to be said.');
  });

  it('stores no checkpoint, so that the next turn does not know this one', async () => {
    const forgetful = await harness.create();
    await harness.addFault(local, { kind: 'no-checkpoint' });
    await harness.run(forgetful, answerOnly('Remember the word walnut.'));
    const second = await harness.run(forgetful, answerOnly('Go on.'));
    const thoughts = second.messages.flatMap((one) => (one.type === 'thinking' ? one.text : ''));
    expect(thoughts.join('')).not.toContain('walnut');
  });

  it('waits at the given point, and then sends everything', async () => {
    await harness.addFault(local, { kind: 'pause', afterEvents: 4, ms: 50 });
    await harness.addFault({ operation: 'runLocal' }, { kind: 'delay', ms: 50 });
    await harness.addFault({ operation: 'runLocal' }, { kind: 'late-end', ms: 50 });
    const { result } = await harness.run(agentId, done);
    expect(result).toMatchObject({ status: 'finished', result: 'Some words to be said.' });
  });

  it('fires for the agent that it names, by id or by the title of its prompt', async () => {
    await harness.addFault({ agent: 'Somebody else' }, { kind: 'turn-error' });
    expect((await harness.run(agentId, done)).result.status).toBe('finished');
    await harness.addFault({ agent: 'Scripted agent' }, { kind: 'turn-error' });
    expect((await harness.run(agentId, done)).result.status).toBe('error');
  });
});
