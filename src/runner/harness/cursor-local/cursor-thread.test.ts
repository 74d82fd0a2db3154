import type { Run, RunResult, SDKAgent, SDKMessage, SendOptions } from '@cursor/sdk';
import { describe, expect, it } from 'vitest';
import { type RawItem, readItem } from '../../../transcript/item.ts';
import { TurnItems } from '../turn-items.ts';
import { CursorThread } from './cursor-thread.ts';

/** The outcome of one `send` of the SDK: updates, then a result or a thrown error. */
type Attempt = {
  readonly updates?: readonly object[];
  readonly messages?: readonly object[];
  readonly result?: Partial<RunResult>;
  readonly thrown?: Error;
};

/** An SDK agent that replays the given attempts, and fails on any further one. */
function scripted(attempts: readonly Attempt[]) {
  const remaining = [...attempts];
  const sent: { readonly message: unknown; readonly options: SendOptions }[] = [];
  const agent = {
    async send(message: unknown, options: SendOptions): Promise<Run> {
      const attempt = remaining.shift();
      if (attempt === undefined) throw new Error('sent more often than expected');
      sent.push({ message, options });
      if (attempt.thrown !== undefined) throw attempt.thrown;
      return runOf(attempt, options);
    },
    async [Symbol.asyncDispose]() {},
  };
  // The thread uses no more of an agent than this.
  return { agent: agent as unknown as SDKAgent, sent, remaining };
}

function runOf(attempt: Attempt, options: SendOptions): Run {
  const end = Promise.withResolvers<RunResult>();
  const runAttempts = async () => {
    for (const update of attempt.updates ?? []) {
      await options.onDelta?.({ update: update as never }); // The thread parses it as unknown input.
    }
    if (attempt.result !== undefined)
      end.resolve({ id: 'run-1', status: 'finished', ...attempt.result });
  };
  void runAttempts();
  const run = {
    id: 'run-1',
    wait: () => end.promise,
    cancel: async () => end.resolve({ id: 'run-1', status: 'cancelled' }),
    async *stream() {
      yield* (attempt.messages ?? []) as SDKMessage[]; // Only the fields that the test needs.
    },
  };
  // The thread uses no more of a run than this.
  return run as unknown as Run;
}

async function runAttempts(attempts: readonly Attempt[], abort = new AbortController()) {
  const { agent, sent, remaining } = scripted(attempts);
  const pauses: number[] = [];
  const thread = new CursorThread({
    agent,
    cwd: '/work',
    model: { id: 'composer-2' },
    notices: [],
    pause: async (failures) => void pauses.push(failures),
  });
  const raw: RawItem[] = [];
  const items = new TurnItems(async (named) => void raw.push(...named));
  const turn = { turnId: 'turn-1', prompt: 'do it' };
  const end = await thread.runTurn(turn, items, abort.signal);
  const read = raw.map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
  return { end, items: read, sent, remaining, pauses };
}

const textDelta = { type: 'text-delta', text: 'part ' };
const call = { type: 'tool-call-started', callId: 'c', toolCall: { type: 'edit', args: {} } };
const connectionLost = {
  result: { status: 'error', error: { message: '[unknown] [aborted] aborted' } },
} as const;
const success = { updates: [textDelta], result: { result: 'part ' } };

describe('a turn', () => {
  it('ends with the result and the tokens of its run', async () => {
    const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
    const updates = [textDelta, { type: 'turn-ended', usage }];
    const { end } = await runAttempts([{ updates, result: { result: 'part ', durationMs: 5 } }]);
    expect(end).toEqual({
      status: 'FINISHED',
      result: 'part ',
      durationMs: 5,
      usage: { ...usage, totalTokens: 10 },
    });
  });

  it('is sent again when the connection is lost before a tool call, and its text is retracted', async () => {
    const { end, items, sent, pauses } = await runAttempts([
      { ...connectionLost, updates: [textDelta, textDelta] },
      success,
    ]);
    expect(end).toMatchObject({ status: 'FINISHED' });
    expect(items.map(({ kind }) => kind)).toEqual(['text', 'text', 'retracted', 'notice', 'text']);
    expect(items[2]).toEqual({ kind: 'retracted', itemIds: ['item-1', 'item-2'] });
    expect(sent.map(({ message }) => message)).toEqual(['do it', 'do it']);
    expect(pauses).toEqual([1]);
  });

  it('is interrupted after four attempts', async () => {
    const { end, pauses } = await runAttempts([
      connectionLost,
      connectionLost,
      connectionLost,
      connectionLost,
    ]);
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'unreachable' } });
    expect(pauses).toEqual([1, 2, 3]);
  });

  it('is never sent again once a tool call has started', async () => {
    const { end, items } = await runAttempts([{ ...connectionLost, updates: [textDelta, call] }]);
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'unreachable' } });
    expect(items.map(({ kind }) => kind)).toEqual(['text', 'tool-call']);
  });

  it('fails on an error that is not transient', async () => {
    const error = { message: '[permission_denied] no plan' };
    const { end } = await runAttempts([{ result: { status: 'error', error } }]);
    expect(end).toMatchObject({
      status: 'ERROR',
      failure: { code: 'forbidden', message: 'no plan' },
    });
  });

  it('fails with the error that was thrown when it was sent', async () => {
    const { end } = await runAttempts([
      { thrown: new Error('Agent agent-1 already has active run') },
    ]);
    expect(end).toMatchObject({ status: 'ERROR', failure: { code: 'busy' } });
  });

  it('can be cancelled during its run', async () => {
    const abort = new AbortController();
    const playing = runAttempts([{ updates: [textDelta] }], abort);
    abort.abort();
    expect((await playing).end).toEqual({ status: 'CANCELLED' });
  });

  it('can be cancelled between two attempts', async () => {
    const abort = new AbortController();
    const { agent } = scripted([connectionLost]);
    const thread = new CursorThread({
      agent,
      cwd: '/work',
      model: { id: 'composer-2' },
      notices: [],
      pause: async () => {
        abort.abort();
        throw abort.signal.reason;
      },
    });
    const items = new TurnItems(async () => {});
    const end = await thread.runTurn({ turnId: 't', prompt: 'p' }, items, abort.signal);
    expect(end).toEqual({ status: 'CANCELLED' });
  });

  it('adds a notice when the conversation was summarized', async () => {
    const messages = [{ type: 'task', text: 'all about cats' }];
    const { items } = await runAttempts([{ ...success, messages }]);
    expect(items).toContainEqual({
      kind: 'notice',
      level: 'info',
      text: 'Cursor summarized the previous conversation: all about cats',
    });
  });

  it('rejects an image URL, which local agents do not support', async () => {
    const { agent, remaining } = scripted([success]);
    const thread = new CursorThread({ agent, cwd: '/', model: { id: 'm' }, notices: [] });
    const turn = { turnId: 't', prompt: 'p', images: [{ url: 'https://example.com/a.png' }] };
    const end = await thread.runTurn(
      turn,
      new TurnItems(async () => {}),
      new AbortController().signal,
    );
    expect(end).toMatchObject({ status: 'ERROR', failure: { code: 'invalid_request' } });
    expect(remaining).toHaveLength(1);
  });
});
