import type { Clock } from '../time.ts';
import { type BreakerLimits, createBreaker } from './breaker.ts';
import { type HostChild, startHostChild } from './child.ts';
import {
  type FromHost,
  type OperationName,
  type OperationOf,
  type Thrown,
  type Value,
  valueSchemas,
} from './protocol.ts';

/** Why a call failed. With `refused` and `paused` the request was certainly not sent. */
export type HostFailure =
  | { readonly kind: 'thrown'; readonly thrown: Thrown }
  | { readonly kind: 'deadline'; readonly deadlineMs: number }
  | { readonly kind: 'died' }
  | { readonly kind: 'refused'; readonly retryAfterMs: number; readonly reason: string }
  /** Cursor requested a pause of this kind of call; nothing was sent. */
  | { readonly kind: 'paused'; readonly retryAfterMs: number; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

export type HostResult<Name extends OperationName> =
  | { readonly ok: true; readonly value: Value<Name> }
  | { readonly ok: false; readonly failure: HostFailure };

/** The daemon's client of the SDK host: starts it on demand, limits every call, and replaces a crashed host. */
export type SdkHost = {
  call<Name extends OperationName>(
    apiKey: string,
    operation: OperationOf<Name>,
  ): Promise<HostResult<Name>>;
  /** Process id of the running host, for diagnostics. */
  pid(): number | undefined;
  /** Called after sleep: new calls get a new process, because the sockets of the current one may be dead. */
  renew(): void;
  close(): Promise<void>;
};

export type SdkHostOptions = {
  /** Default: the SDK's own addresses, which differ between its REST calls and its other traffic. */
  readonly backendUrl?: string;
  readonly clock: Clock;
  readonly log?: (line: string) => void;
  readonly breaker?: BreakerLimits;
  readonly deadlinesMs?: Partial<Record<OperationName, number>>;
};

/** Creating an agent was observed to take more than 40 s, and listing repositories tens of seconds. */
const TIMEOUTS_MS: Readonly<Record<OperationName, number>> = {
  launch: 120_000,
  followUp: 120_000,
  reconnect: 45_000,
  cancel: 45_000,
  me: 45_000,
  models: 45_000,
  repositories: 120_000,
};

type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: HostFailure };
type OpenCall = { readonly child: HostChild; settle(outcome: Outcome): void };

export function createSdkHost(options: SdkHostOptions): SdkHost {
  const breaker = createBreaker(options.clock, options.breaker);
  const openCalls = new Map<number, OpenCall>();
  const children = new Set<HostChild>();
  let current: HostChild | undefined;
  let lastId = 0;
  let isClosed = false;

  const settle = (id: number, outcome: Outcome) => openCalls.get(id)?.settle(outcome);

  function start(): HostChild {
    const child = startHostChild(options.backendUrl, {
      onMessage: (message) => settle(message.id, outcomeOf(message)),
      onExit: () => {
        children.delete(child);
        if (current === child) current = undefined;
        if (!isClosed && !child.isRetired) breaker.recordCrash();
        for (const id of child.openCalls) settle(id, { ok: false, failure: { kind: 'died' } });
      },
      onLog: (line) => options.log?.(line),
    });
    children.add(child);
    return child;
  }

  /** Gives a host no new calls, and ends it when its open calls are done. */
  function retire(child: HostChild): void {
    child.isRetired = true;
    if (current === child) current = undefined;
    if (child.openCalls.size === 0) child.kill();
  }

  function sendCall(apiKey: string, operation: OperationOf<OperationName>): Promise<Outcome> {
    const remainingPauseMs = breaker.remainingPauseMs();
    if (isClosed || remainingPauseMs > 0) return Promise.resolve(notStarted(remainingPauseMs));
    current ??= start();
    const child = current;
    lastId += 1;
    const id = lastId;
    const deadlineMs = options.deadlinesMs?.[operation.name] ?? TIMEOUTS_MS[operation.name];
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.send({ kind: 'abort', id });
        settle(id, { ok: false, failure: { kind: 'deadline', deadlineMs } });
        retire(child);
      }, deadlineMs);
      openCalls.set(id, {
        child,
        settle(outcome) {
          clearTimeout(timer);
          openCalls.delete(id);
          child.openCalls.delete(id);
          if (child.isRetired && child.openCalls.size === 0) child.kill();
          resolve(outcome);
        },
      });
      child.openCalls.add(id);
      child.send({ kind: 'call', id, apiKey, operation });
    });
  }

  return {
    async call<Name extends OperationName>(apiKey: string, operation: OperationOf<Name>) {
      return parseValue<Name>(operation.name, await sendCall(apiKey, operation));
    },
    pid: () => current?.pid,
    renew() {
      if (current !== undefined) retire(current);
    },
    async close() {
      isClosed = true;
      const running = [...children];
      for (const child of running) child.kill();
      await Promise.all(running.map((child) => child.exited));
    },
  };
}

const outcomeOf = (message: FromHost): Outcome =>
  message.kind === 'value'
    ? { ok: true, value: message.value }
    : { ok: false, failure: { kind: 'thrown', thrown: message.thrown } };

const notStarted = (retryAfterMs: number): Outcome => ({
  ok: false,
  failure: {
    kind: 'refused',
    retryAfterMs,
    reason:
      retryAfterMs > 0
        ? 'The helper process for the Cursor SDK died several times in a row.'
        : 'Cerevisor is shutting down.',
  },
});

function parseValue<Name extends OperationName>(
  name: OperationName,
  outcome: Outcome,
): HostResult<Name> {
  if (!outcome.ok) return outcome;
  const parsed = valueSchemas[name].safeParse(outcome.value);
  if (!parsed.success) {
    return { ok: false, failure: { kind: 'unreadable', detail: parsed.error.message } };
  }
  // The schema was looked up by the operation's name, so its output is the value of that operation.
  return { ok: true, value: parsed.data as Value<Name> };
}
