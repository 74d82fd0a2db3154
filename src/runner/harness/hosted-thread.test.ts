import { beforeEach, describe, expect, it } from 'vitest';
import type { HarnessThread, OpenThread, TurnSink } from './adapter.ts';
import type { FromHost, HostThread, TurnEnd } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { HostedThread } from './hosted-thread.ts';
import { textItem } from './new-items.ts';
import { RunnerLink } from './runner-link.ts';

const thread: HostThread = {
  threadId: 'agent-1',
  harness: 'cursor-local',
  isNew: true,
  cwd: '/work',
  sandbox: false,
  settingSources: [],
  storeFolder: '/store',
  apiKey: 'key',
};
const failure = { code: 'unauthorized', message: 'no' };
const turn = (turnId: string) => ({ kind: 'turn', turnId, prompt: 'p' }) as const;

/** A harness whose turns end on `end`, or when they are cancelled. */
class FakeHarness implements HarnessThread {
  sink: TurnSink | null = null;
  isClosed = false;
  #end = Promise.withResolvers<TurnEnd>();

  runTurn(_: unknown, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    this.sink = sink;
    this.#end = Promise.withResolvers();
    signal.addEventListener('abort', () => this.end({ status: 'CANCELLED' }));
    return this.#end.promise;
  }

  end(end: TurnEnd): void {
    this.#end.resolve(end);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

let sent: FromHost[];
let harness: FakeHarness;
let hosted: HostedThread;

function host(open: OpenThread = async () => harness): void {
  sent = [];
  harness = new FakeHarness();
  hosted = new HostedThread(new RunnerLink(async (message) => void sent.push(message)), open);
}
beforeEach(() => host());

/** Starts a turn and resolves when the harness runs it. `ended` resolves with the end of the turn. */
async function begin(turnId: string): Promise<{ readonly ended: Promise<void> }> {
  harness.sink = null;
  const ended = hosted.handle(turn(turnId));
  await expect.poll(() => harness.sink).not.toBeNull();
  return { ended };
}
const open = () => hosted.handle({ kind: 'open', thread });

describe('the thread of a host', () => {
  it('sends the items and the end of each turn', async () => {
    await open();
    for (const turnId of ['turn-1', 'turn-2']) {
      const { ended } = await begin(turnId);
      void harness.sink?.add([textItem('text', 'hello')]);
      harness.end({ status: 'FINISHED', result: 'hello' });
      await ended;
    }
    const items = [{ kind: 'text', id: 'item-1', dataText: '{"text":"hello"}' }];
    const end = { status: 'FINISHED', result: 'hello' };
    expect(sent).toEqual([
      { kind: 'items', turnId: 'turn-1', items },
      { kind: 'ended', turnId: 'turn-1', end },
      { kind: 'items', turnId: 'turn-2', items },
      { kind: 'ended', turnId: 'turn-2', end },
    ]);
  });

  it('delays a turn until the thread is open', async () => {
    const opening = Promise.withResolvers<void>();
    host(async () => {
      await opening.promise;
      return harness;
    });
    const opened = open();
    const begun = begin('turn-1');
    expect(harness.sink).toBeNull();
    opening.resolve();
    await opened;
    const { ended } = await begun;
    harness.end({ status: 'FINISHED' });
    await ended;
    expect(sent.map(({ kind }) => kind)).toEqual(['ended']);
  });

  it('cancels only the turn with the given id', async () => {
    await open();
    const { ended } = await begin('turn-2');
    await hosted.handle({ kind: 'cancel', turnId: 'turn-1' });
    expect(sent).toEqual([]);
    await hosted.handle({ kind: 'cancel', turnId: 'turn-2' });
    await ended;
    expect(sent).toEqual([{ kind: 'ended', turnId: 'turn-2', end: { status: 'CANCELLED' } }]);
  });

  it('sends nothing about a turn if the thread could not be opened, because its host reports that', async () => {
    host(async () => {
      throw new HarnessError(failure);
    });
    const opened = open();
    const ended = hosted.handle(turn('turn-1'));
    await expect(opened).rejects.toThrow(HarnessError);
    await ended;
    expect(sent).toEqual([]);
  });

  it('adds a notice about an unhandled error to the turn in progress', async () => {
    await open();
    const { ended } = await begin('turn-1');
    hosted.reportError('forgotten');
    harness.end({ status: 'FINISHED' });
    await ended;
    expect(sent[0]).toMatchObject({
      items: [{ kind: 'notice', dataText: '{"level":"warning","text":"forgotten"}' }],
    });
  });

  it('reports the turn in progress as interrupted once if the process fails', async () => {
    await open();
    const { ended } = await begin('turn-1');
    await hosted.fail(failure);
    harness.end({ status: 'FINISHED' });
    await ended;
    expect(sent).toEqual([
      { kind: 'ended', turnId: 'turn-1', end: { status: 'INTERRUPTED', failure } },
    ]);
  });

  it('reports a failure of the process between turns', async () => {
    await open();
    await hosted.fail(failure);
    expect(sent).toEqual([{ kind: 'failed', failure }]);
  });

  it('cancels the turn in progress when it is closed', async () => {
    await open();
    await begin('turn-1');
    await hosted.close();
    expect(harness.isClosed).toBe(true);
    expect(sent).toEqual([{ kind: 'ended', turnId: 'turn-1', end: { status: 'CANCELLED' } }]);
  });
});
