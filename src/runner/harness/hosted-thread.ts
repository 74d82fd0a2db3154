import { setTimeout as sleep } from 'node:timers/promises';
import type { HarnessThread, OpenThread } from './adapter.ts';
import type { HostFailure, HostThread, HostTurn, ToHost, TurnEnd } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { notice } from './new-items.ts';
import type { RunnerLink } from './runner-link.ts';
import { type AskRunner, ToolQuestions } from './tool-questions.ts';
import { TurnItems } from './turn-items.ts';
import { saveUnstored } from './unstored-items.ts';

/** How long a harness may take to put its things away. */
const CLOSE_MS = 5_000;

type CurrentTurn = {
  readonly turnId: string;
  readonly items: TurnItems;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
};

/** The thread of a host: does what the runner says, one turn at a time, and tells how each of them ended. */
export class HostedThread {
  readonly #link: RunnerLink;
  readonly #openThread: OpenThread;
  #opening: Promise<HarnessThread> | null = null;
  #storeFolder: string | null = null;
  #questions: ToolQuestions | null = null;
  #turn: CurrentTurn | null = null;

  constructor(link: RunnerLink, openThread: OpenThread) {
    this.#link = link;
    this.#openThread = openThread;
  }

  /** Settles when what the message asks for is done. Rejects with a `HarnessError` when the host cannot work at all. */
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
        this.#questions?.answer(message.requestId, message.answer);
        return;
      case 'stored':
        this.#link.stored(message.count);
        return;
      default:
        message satisfies never;
    }
  }

  /** Something that the harness forgot to handle: told where the person can see it. */
  complain(text: string): void {
    void this.#turn?.items.add([notice('warning', text)]);
  }

  /** The process cannot continue: the turn in progress is told as interrupted. Says nothing when there is none. */
  async giveUp(failure: HostFailure): Promise<void> {
    const { turnId } = this.#turn ?? {};
    if (turnId === undefined) await this.#link.tell({ kind: 'failed', failure });
    else await this.#tellEnd(turnId, { status: 'INTERRUPTED', failure });
  }

  /** The runner is gone: what it may not have written down is left to the next one. */
  saveUnstored(): void {
    if (this.#storeFolder !== null) saveUnstored(this.#storeFolder, this.#link.unstored());
  }

  /** Cancels the turn in progress, waits for its end, and closes the thread. */
  async close(): Promise<void> {
    this.#turn?.abort.abort();
    await this.#turn?.ended;
    // One that could not be opened was told of by its turn, and has nothing to close.
    const thread = await this.#opening?.catch(() => null);
    await Promise.race([thread?.close(), sleep(CLOSE_MS)]);
  }

  async #open(thread: HostThread): Promise<void> {
    if (this.#opening !== null) throw new Error('the thread of this host is open already');
    this.#storeFolder = thread.storeFolder;
    this.#questions = new ToolQuestions({ folder: thread.cwd, policy: thread.permissions });
    this.#opening = this.#openThread(thread);
    await this.#opening;
  }

  async #runTurn(turn: HostTurn): Promise<void> {
    const { turnId } = turn;
    const questions = this.#questions;
    if (this.#opening === null || questions === null)
      throw new Error('a turn came before its thread');
    if (this.#turn !== null) throw new Error('a turn came before the end of the one before it');
    const abort = new AbortController();
    const items = new TurnItems(
      (named) => this.#link.add(turnId, named),
      (request, signal) => questions.ask(request, this.#asking(turnId), [signal, abort.signal]),
    );
    const ended = this.#untilEnd(this.#opening, turn, items, abort.signal);
    this.#turn = { turnId, items, abort, ended };
    await ended;
  }

  #asking(turnId: string): AskRunner {
    return {
      asked: (request) => void this.#link.tell({ kind: 'request', turnId, request }),
      withdrawn: (requestId, reason) =>
        void this.#link.tell({ kind: 'withdrawn', turnId, requestId, reason }),
    };
  }

  async #untilEnd(
    opening: Promise<HarnessThread>,
    turn: HostTurn,
    items: TurnItems,
    signal: AbortSignal,
  ): Promise<void> {
    const thread = await opening.catch((error: unknown) => {
      if (error instanceof HarnessError) return null; // Told by whoever opened it.
      throw error;
    });
    if (thread === null) return;
    const end = await thread.runTurn(turn, items, signal);
    if (this.#turn?.turnId === turn.turnId) await this.#tellEnd(turn.turnId, end);
  }

  /** At most once a turn. */
  async #tellEnd(turnId: string, end: TurnEnd): Promise<void> {
    this.#turn = null;
    await this.#link.tell({ kind: 'ended', turnId, end });
  }
}
