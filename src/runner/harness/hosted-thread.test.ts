import { beforeEach, describe, expect, it } from 'vitest';
import type { HarnessThread, OpenThread, TurnSink } from './adapter.ts';
import type { FromHost, HostThread, TurnEnd } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { HostedThread } from './hosted-thread.ts';
import { speech } from './new-items.ts';
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

/** A harness whose turns end when a test says so, or when they are cancelled. */
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

/** Begins a turn, and comes back when it is in progress in the harness. `ended` settles with it. */
async function begin(turnId: string): Promise<{ readonly ended: Promise<void> }> {
  harness.sink = null;
  const ended = hosted.handle(turn(turnId));
  await expect.poll(() => harness.sink).not.toBeNull();
  return { ended };
}
const open = () => hosted.handle({ kind: 'open', thread });

describe('the thread of a host', () => {
  it('tells the items of a turn, then its end, turn after turn', async () => {
    await open();
    for (const turnId of ['turn-1', 'turn-2']) {
      const { ended } = await begin(turnId);
      void harness.sink?.add([speech('text', 'hello')]);
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

  it('waits with a turn until it is open', async () => {
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

  it('cancels the turn that is meant, and no other', async () => {
    await open();
    const { ended } = await begin('turn-2');
    await hosted.handle({ kind: 'cancel', turnId: 'turn-1' });
    expect(sent).toEqual([]);
    await hosted.handle({ kind: 'cancel', turnId: 'turn-2' });
    await ended;
    expect(sent).toEqual([{ kind: 'ended', turnId: 'turn-2', end: { status: 'CANCELLED' } }]);
  });

  it('says nothing of a turn when it could not be opened: its host tells that', async () => {
    host(async () => {
      throw new HarnessError(failure);
    });
    const opened = open();
    const ended = hosted.handle(turn('turn-1'));
    await expect(opened).rejects.toThrow(HarnessError);
    await ended;
    expect(sent).toEqual([]);
  });

  it('shows an error that nobody handles in the turn in progress', async () => {
    await open();
    const { ended } = await begin('turn-1');
    hosted.complain('forgotten');
    harness.end({ status: 'FINISHED' });
    await ended;
    expect(sent[0]).toMatchObject({
      items: [{ kind: 'notice', dataText: '{"level":"warning","text":"forgotten"}' }],
    });
  });

  it('tells the turn in progress as interrupted when the process gives up, once', async () => {
    await open();
    const { ended } = await begin('turn-1');
    await hosted.giveUp(failure);
    harness.end({ status: 'FINISHED' });
    await ended;
    expect(sent).toEqual([
      { kind: 'ended', turnId: 'turn-1', end: { status: 'INTERRUPTED', failure } },
    ]);
  });

  it('tells that it failed when the process gives up between turns', async () => {
    await open();
    await hosted.giveUp(failure);
    expect(sent).toEqual([{ kind: 'failed', failure }]);
  });

  it('cancels what is in progress when it closes', async () => {
    await open();
    await begin('turn-1');
    await hosted.close();
    expect(harness.isClosed).toBe(true);
    expect(sent).toEqual([{ kind: 'ended', turnId: 'turn-1', end: { status: 'CANCELLED' } }]);
  });
});
