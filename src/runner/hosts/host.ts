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

/** How a turn in a host came to its end. `died` and `failed`: the host is of no use anymore. */
export type HostOutcome = { readonly kind: 'ended'; readonly end: TurnEnd } | HostFailed;
type HostFailed = { readonly kind: 'died' | 'failed'; readonly failure: HostFailure };

/** The listeners of a turn. Each callback resolves when the data is on disk. */
export type TurnListener = {
  readonly store: (items: readonly RawItem[]) => Promise<unknown>;
  /** A tool call waits for an answer. */
  readonly asked: (request: ToolRequest) => Promise<unknown>;
  readonly withdrawn: (requestId: string, reason: string) => Promise<unknown>;
};

type OpenTurn = {
  readonly turnId: string;
  readonly listener: TurnListener;
  readonly settle: (outcome: HostOutcome) => void;
};

/** The way to the process of a host. */
export type HostLink = {
  readonly child: HostChild;
  /** The process serves other threads too: it is not to be ended with this one. */
  readonly isShared: boolean;
  send(message: ToHost): void;
};

/** The host of one thread: what is said to it and what it says, whether its process serves other threads or not. */
export class Host {
  readonly #link: HostLink;
  readonly #gone = Promise.withResolvers<HostFailure>();
  #turn: OpenTurn | null = null;
  /** Why it is of no use anymore. */
  #failure: HostFailed | null = null;

  constructor(link: HostLink) {
    this.#link = link;
  }

  /** Starts a process for this thread alone and opens it there. One that could not be started says so at its first turn. */
  static async start(options: HostChildOptions, thread: HostThread): Promise<Host> {
    const child = await HostChild.start(options);
    const host = new Host({ child, isShared: false, send: (message) => child.send(message) });
    child.onMessage = (message) => host.receive(message);
    child.onGone = (failure) => host.lose(failure);
    if (child.isGone) host.lose(await child.gone);
    host.open(thread);
    return host;
  }

  /** Of its process; null if that serves other threads too. */
  get identity(): ProcessIdentity | null {
    return this.#link.isShared ? null : this.#link.child.identity;
  }

  get rssBytes(): number | null {
    return this.#link.child.rssBytes;
  }

  /** Resolves, with the reason, once nothing of the thread is in a process of ours anymore. */
  get gone(): Promise<HostFailure> {
    return this.#gone.promise;
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

  /** Resolves in every case, at the latest when the host has ended. */
  runTurn(turn: HostTurn, listener: TurnListener): Promise<HostOutcome> {
    if (this.#failure !== null) return Promise.resolve(this.#failure);
    const { promise, resolve } = Promise.withResolvers<HostOutcome>();
    this.#turn = { turnId: turn.turnId, listener, settle: resolve };
    this.#link.send({ kind: 'turn', ...turn });
    return promise;
  }

  cancel(turnId: string): void {
    this.#link.send({ kind: 'cancel', turnId });
  }

  answer(turnId: string, requestId: string, answer: ToolAnswer): void {
    this.#link.send({ kind: 'answer', turnId, requestId, answer });
  }

  /** Asks it to end cleanly. */
  close(): void {
    this.#link.send({ kind: 'close' });
  }

  /** Its process has ended. */
  lose(failure: HostFailure): void {
    this.#fail({ kind: 'died', failure });
    this.#gone.resolve(failure);
  }

  receive(message: FromHost): void {
    switch (message.kind) {
      case 'ready':
      case 'alive':
        break; // Of the process.
      case 'items':
        void this.#store(message.turnId, message.items);
        break;
      case 'request':
        void this.#tell(message.turnId, ({ asked }) => asked(message.request));
        break;
      case 'withdrawn':
        void this.#tell(message.turnId, ({ withdrawn }) =>
          withdrawn(message.requestId, message.reason),
        );
        break;
      case 'ended':
        this.#settle(message.turnId, { kind: 'ended', end: message.end });
        break;
      case 'failed':
        this.#fail({ kind: 'failed', failure: message.failure });
        if (this.isShared) this.#gone.resolve(message.failure);
        break;
      case 'closed':
        this.lose({ code: 'host_died', message: 'The thread was closed.' });
        break;
      default:
        message satisfies never;
    }
  }

  /** The end of a turn is told after its items: both come through here in order, and the log keeps that order. */
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

  async #store(turnId: string, items: readonly RawItem[]): Promise<void> {
    const isStored = await this.#tell(turnId, ({ store }) => store(items));
    if (isStored) this.#link.send({ kind: 'stored', count: items.length });
  }

  async #tell(
    turnId: string,
    tell: (listener: TurnListener) => Promise<unknown>,
  ): Promise<boolean> {
    const turn = this.#turn;
    if (turn?.turnId !== turnId) return false;
    try {
      await tell(turn.listener);
      return true;
    } catch (error) {
      // The log is closed: the runner is ending, and so is this host.
      this.#link.child.say(`it could not be stored: ${String(error)}`);
      return false;
    }
  }
}
