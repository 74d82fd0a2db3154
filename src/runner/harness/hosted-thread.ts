import { setTimeout as sleep } from 'node:timers/promises';
import type { HarnessThread, OpenThread } from './adapter.ts';
import type { HostFailure, HostThread, HostTurn, ToHost, TurnEnd } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { notice } from './new-items.ts';
import type { RunnerLink } from './runner-link.ts';
import { type RequestHandlers, ToolPermissions } from './tool-permissions.ts';
import { TurnItems } from './turn-items.ts';
import { saveUnstored } from './unstored-items.ts';

/** How long a harness may take to close a thread. */
const CLOSE_MS = 5_000;

type CurrentTurn = {
  readonly turnId: string;
  readonly items: TurnItems;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
};

/** The thread of a host: runs the runner's turns one at a time, and reports the end of each. */
export class HostedThread {
  readonly #link: RunnerLink;
  readonly #openThread: OpenThread;
  #opening: Promise<HarnessThread> | null = null;
  #storeFolder: string | null = null;
  #permissions: ToolPermissions | null = null;
  #turn: CurrentTurn | null = null;

  constructor(link: RunnerLink, openThread: OpenThread) {
    this.#link = link;
    this.#openThread = openThread;
  }

  /** Resolves when the message was handled. Rejects with a `HarnessError` if the host cannot work at all. */
  async handle(message: Exclude<ToHost, { kind: 'close' }>): Promise<void> {
    switch (message.kind) {
      case 'open':
        await this.#open(message.thread);
        return;
      case 'turn':
        await this.#runTurn(message);
        return;
      case 'cancel':
        if (this.#turn?.turnId === message.turnId) this.#turn.abort.abort();
        return;
      case 'answer':
        this.#permissions?.answer(message.requestId, message.answer);
        return;
      case 'stored':
        this.#link.stored(message.count);
        return;
      default:
        message satisfies never;
    }
  }

  /** Adds a notice about an unhandled error of the harness to the turn in progress. */
  reportError(text: string): void {
    void this.#turn?.items.add([notice('warning', text)]);
  }

  /** The process cannot continue: reports the turn in progress as interrupted, or else the failure of the host. */
  async fail(failure: HostFailure): Promise<void> {
    const { turnId } = this.#turn ?? {};
    if (turnId === undefined) await this.#link.send({ kind: 'failed', failure });
    else await this.#reportEnd(turnId, { status: 'INTERRUPTED', failure });
  }

  /** The runner is gone: saves the items that it may not have stored for the next runner. */
  saveUnstored(): void {
    if (this.#storeFolder !== null) saveUnstored(this.#storeFolder, this.#link.unstored());
  }

  /** Cancels the turn in progress, waits for its end, and closes the thread. */
  async close(): Promise<void> {
    this.#turn?.abort.abort();
    await this.#turn?.ended;
    // If opening failed, its turn has reported that, and there is nothing to close.
    const thread = await this.#opening?.catch(() => null);
    await Promise.race([thread?.close(), sleep(CLOSE_MS)]);
  }

  async #open(thread: HostThread): Promise<void> {
    if (this.#opening !== null) throw new Error('the thread of this host is open already');
    this.#storeFolder = thread.storeFolder;
    this.#permissions = new ToolPermissions({ folder: thread.cwd, policy: thread.permissions });
    this.#opening = this.#openThread(thread);
    await this.#opening;
  }

  async #runTurn(turn: HostTurn): Promise<void> {
    const { turnId } = turn;
    const permissions = this.#permissions;
    if (this.#opening === null || permissions === null)
      throw new Error('a turn came before its thread');
    if (this.#turn !== null) throw new Error('a turn came before the end of the one before it');
    const abort = new AbortController();
    const items = new TurnItems(
      (newItems) => this.#link.add(turnId, newItems),
      (request, signal) =>
        permissions.ask(request, this.#requestHandlers(turnId), [signal, abort.signal]),
    );
    const ended = this.#runToEnd(this.#opening, turn, items, abort.signal);
    this.#turn = { turnId, items, abort, ended };
    await ended;
  }

  #requestHandlers(turnId: string): RequestHandlers {
    return {
      onRequest: (request) => void this.#link.send({ kind: 'request', turnId, request }),
      onWithdrawn: (requestId, reason) =>
        void this.#link.send({ kind: 'withdrawn', turnId, requestId, reason }),
    };
  }

  async #runToEnd(
    opening: Promise<HarnessThread>,
    turn: HostTurn,
    items: TurnItems,
    signal: AbortSignal,
  ): Promise<void> {
    const thread = await opening.catch((error: unknown) => {
      if (error instanceof HarnessError) return null; // Reported by `#open`.
      throw error;
    });
    if (thread === null) return;
    const end = await thread.runTurn(turn, items, signal);
    if (this.#turn?.turnId === turn.turnId) await this.#reportEnd(turn.turnId, end);
  }

  /** Called at most once per turn. */
  async #reportEnd(turnId: string, end: TurnEnd): Promise<void> {
    this.#turn = null;
    await this.#link.send({ kind: 'ended', turnId, end });
  }
}
