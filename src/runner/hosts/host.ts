import type { ProcessIdentity } from '../../lib/process.ts';
import type { ToolAnswer, ToolRequest } from '../../permissions/tool-request.ts';
import type { RawItem } from '../../transcript/item.ts';
import type {
  FromHost,
  HostFailure,
  HostThread,
  HostTurn,
  ToHost,
  TurnEnd,
} from '../harness/harness.ts';
import { HostChild, type HostChildOptions } from './host-child.ts';

/** How a turn in a host ended. `died` and `failed`: the host cannot be used anymore. */
export type HostOutcome = { readonly kind: 'ended'; readonly end: TurnEnd } | HostFailed;
type HostFailed = { readonly kind: 'died' | 'failed'; readonly failure: HostFailure };

/** Handlers of a turn's messages. Each resolves when the data is on disk. */
export type TurnHandlers = {
  readonly onItems: (items: readonly RawItem[]) => Promise<unknown>;
  /** A tool call needs permission. */
  readonly onRequest: (request: ToolRequest) => Promise<unknown>;
  readonly onWithdrawn: (requestId: string, reason: string) => Promise<unknown>;
};

type OpenTurn = {
  readonly turnId: string;
  readonly handlers: TurnHandlers;
  readonly settle: (outcome: HostOutcome) => void;
};

/** Connects a `Host` to the process that runs it. */
export type HostLink = {
  readonly child: HostChild;
  /** The process serves other threads too, so it must not be ended with this one. */
  readonly isShared: boolean;
  send(message: ToHost): void;
};

/**
 * The host of one thread: sends it turns and receives its messages, whether or not its process serves other threads.
 */
export class Host {
  readonly #link: HostLink;
  readonly #closed = Promise.withResolvers<HostFailure>();
  #turn: OpenTurn | null = null;
  /** Why it cannot be used anymore. */
  #failure: HostFailed | null = null;

  constructor(link: HostLink) {
    this.#link = link;
  }

  /**
   * Starts a process for this thread alone and opens the thread in it. If it cannot be started, its first turn fails.
   */
  static async start(options: HostChildOptions, thread: HostThread): Promise<Host> {
    const child = await HostChild.start(options);
    const host = new Host({ child, isShared: false, send: (message) => child.send(message) });
    child.onMessage = (message) => host.receive(message);
    child.onExit = (failure) => host.handleExit(failure);
    if (child.hasExited) host.handleExit(await child.exited);
    host.open(thread);
    return host;
  }

  /** Identity of its process; null if that serves other threads too. */
  get identity(): ProcessIdentity | null {
    return this.#link.isShared ? null : this.#link.child.identity;
  }

  get rssBytes(): number | null {
    return this.#link.child.rssBytes;
  }

  /** Resolves with the reason once the thread is closed in the host, or the host's process has exited. */
  get closed(): Promise<HostFailure> {
    return this.#closed.promise;
  }

  get isShared(): boolean {
    return this.#link.isShared;
  }

  get isUsable(): boolean {
    return this.#failure === null;
  }

  open(thread: HostThread): void {
    if (this.#failure === null) this.#link.send({ kind: 'open', thread });
  }

  /** Never rejects; resolves at the latest when the host has exited. */
  runTurn(turn: HostTurn, handlers: TurnHandlers): Promise<HostOutcome> {
    if (this.#failure !== null) return Promise.resolve(this.#failure);
    const { promise, resolve } = Promise.withResolvers<HostOutcome>();
    this.#turn = { turnId: turn.turnId, handlers, settle: resolve };
    this.#link.send({ kind: 'turn', ...turn });
    return promise;
  }

  cancel(turnId: string): void {
    this.#link.send({ kind: 'cancel', turnId });
  }

  answer(turnId: string, requestId: string, answer: ToolAnswer): void {
    this.#link.send({ kind: 'answer', turnId, requestId, answer });
  }

  /** Asks the host to close the thread. */
  close(): void {
    this.#link.send({ kind: 'close' });
  }

  /** Called when the process has exited. */
  handleExit(failure: HostFailure): void {
    this.#fail({ kind: 'died', failure });
    this.#closed.resolve(failure);
  }

  receive(message: FromHost): void {
    switch (message.kind) {
      case 'ready':
      case 'alive':
        break; // Handled by `HostChild`.
      case 'items':
        void this.#storeItems(message.turnId, message.items);
        break;
      case 'request':
        void this.#handle(message.turnId, ({ onRequest }) => onRequest(message.request));
        break;
      case 'withdrawn':
        void this.#handle(message.turnId, ({ onWithdrawn }) =>
          onWithdrawn(message.requestId, message.reason),
        );
        break;
      case 'ended':
        this.#settle(message.turnId, { kind: 'ended', end: message.end });
        break;
      case 'failed':
        this.#fail({ kind: 'failed', failure: message.failure });
        if (this.isShared) this.#closed.resolve(message.failure);
        break;
      case 'closed':
        this.handleExit({ code: 'host_died', message: 'The thread was closed.' });
        break;
      default:
        message satisfies never;
    }
  }

  /** Items and the end of a turn arrive here in order, and the log keeps that order. */
  #settle(turnId: string, outcome: HostOutcome): void {
    if (this.#turn?.turnId !== turnId) return;
    this.#turn.settle(outcome);
    this.#turn = null;
  }

  #fail(failed: HostFailed): void {
    this.#failure ??= failed;
    this.#turn?.settle(this.#failure);
    this.#turn = null;
  }

  async #storeItems(turnId: string, items: readonly RawItem[]): Promise<void> {
    const isStored = await this.#handle(turnId, ({ onItems }) => onItems(items));
    if (isStored) this.#link.send({ kind: 'stored', count: items.length });
  }

  async #handle(
    turnId: string,
    handle: (handlers: TurnHandlers) => Promise<unknown>,
  ): Promise<boolean> {
    const turn = this.#turn;
    if (turn?.turnId !== turnId) return false;
    try {
      await handle(turn.handlers);
      return true;
    } catch (error) {
      // The log is closed: the runner is shutting down, and so is this host.
      this.#link.child.log(`a message could not be stored: ${String(error)}`);
      return false;
    }
  }
}
