import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExpressionResult } from '../workflow/expression.ts';
import type { DecisionReading } from './decisions.ts';
import type { CheckRequest, CheckResult, ProcessMessage } from './protocol.ts';
import { type HandoffReading, type HandoffSpec, readHandoff, unusableSchema } from './read.ts';
import { type HandoffSchema, MAX_SCHEMA_LENGTH, schemaText, tooLong } from './schema.ts';

export type HandoffChecker = {
  /** The content that a connection passes on from an agent's last message. */
  read(spec: HandoffSpec, message: string): Promise<HandoffReading>;
  /** An agent's decisions about these connections in its last message, and the message without them. */
  readDecisions(message: string, connectionIds: readonly string[]): Promise<DecisionReading>;
  /** Evaluates an expression on a structured hand-off in JSON. */
  evaluate(expression: string, handoff: string, round: number): Promise<ExpressionResult>;
  /** Why a schema cannot be used; null if it can. */
  schemaFault(schema: HandoffSchema): Promise<string | null>;
};

const PROCESS_FILE = fileURLToPath(new URL('./check-process.ts', import.meta.url));
const MEMORY_MB = 256;
const IDLE_MS = 30_000;
/** The watchdog in the process ends a check far sooner; this limit covers a process whose watchdog cannot run. */
const MAX_TICKS = 120;
const TICK_MS = 1_000;
/** The second attempt is for a process that was ended from outside. */
const MAX_ATTEMPTS = 2;
/** Signals of the watchdog and of the memory limit, after which another attempt would fail in the same way. */
const limitSignals: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGABRT']);
const MAX_CACHED_SCHEMAS = 200;

/** Each such schema takes seconds, so validation of a workflow stops at the first one. */
export const STOPPED = 'the check exceeded the time or memory limit';

/** Checks hand-offs in a process with limits of time and memory, which is started on demand and ends when idle. */
export class HandoffCheckProcess implements HandoffChecker, Disposable {
  readonly #schemaFaults = new Map<string, Promise<string | null>>();
  #child: ChildProcess | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  async read(spec: HandoffSpec, message: string): Promise<HandoffReading> {
    const { handoffFormat: format, handoffSchema } = spec;
    if (format === 'full-output' || format === 'file-reference') return readHandoff(spec, message);
    const schema = handoffSchema === undefined ? undefined : schemaText(handoffSchema);
    if (schema !== undefined && schema.length > MAX_SCHEMA_LENGTH) return unusableSchema(tooLong);
    const result = await this.#enqueue({ kind: 'read', format, schema, message });
    if (result !== undefined) return result as HandoffReading; // The kind of result depends on the request: see check-process.ts.
    return format === 'summary'
      ? { kind: 'content', content: message }
      : {
          kind: 'unusable',
          code: 'handoff_check_stopped',
          message: `The hand-off could not be checked against its schema: ${STOPPED}.`,
        };
  }

  async readDecisions(message: string, connectionIds: readonly string[]): Promise<DecisionReading> {
    if (connectionIds.length === 0) return { decisions: {}, rest: message };
    const result = await this.#enqueue({ kind: 'decisions', message, connectionIds });
    if (result !== undefined) return result as DecisionReading; // The kind of result depends on the request: see check-process.ts.
    const unclear = { kind: 'unclear', mistake: 'the message cannot be read' } as const;
    return {
      decisions: Object.fromEntries(connectionIds.map((id) => [id, unclear])),
      rest: message,
    };
  }

  async evaluate(expression: string, handoff: string, round: number): Promise<ExpressionResult> {
    const result = await this.#enqueue({ kind: 'evaluate', expression, handoff, round });
    if (result !== undefined) return result as ExpressionResult; // The kind of result depends on the request: see check-process.ts.
    return { kind: 'fault', message: 'it exceeded the time or memory limit for expressions' };
  }

  schemaFault(schema: HandoffSchema): Promise<string | null> {
    const text = schemaText(schema);
    if (text.length > MAX_SCHEMA_LENGTH) return Promise.resolve(tooLong);
    const cached = this.#schemaFaults.get(text);
    if (cached !== undefined) return cached;
    // The result of `compile` is a fault or null.
    const fault = this.#enqueue({ kind: 'compile', schema: text }).then((result) =>
      result === undefined ? STOPPED : (result as string | null),
    );
    // The caller gets the error; it is not cached, so that the next call tries again.
    fault.catch(() => this.#schemaFaults.delete(text));
    const [oldest] = this.#schemaFaults.keys();
    if (this.#schemaFaults.size >= MAX_CACHED_SCHEMAS && oldest !== undefined)
      this.#schemaFaults.delete(oldest);
    this.#schemaFaults.set(text, fault);
    return fault;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  /** Sends one request at a time. Undefined if the process ended during the check. */
  #enqueue(request: CheckRequest): Promise<CheckResult | undefined> {
    const result = this.#queue.then(() => this.#send(request));
    // The caller gets the error; the next request only waits for the end.
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #send(request: CheckRequest): Promise<CheckResult | undefined> {
    clearTimeout(this.#idle);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const child = this.#child ?? (await startProcess());
      this.#child = child;
      const reply = await requestReply(child, request);
      if (reply === undefined) {
        this.#child = undefined;
        if (limitSignals.has(child.signalCode)) break;
        continue;
      }
      this.#idle = setTimeout(() => this[Symbol.dispose](), IDLE_MS).unref();
      if (reply.kind === 'error') throw new Error(reply.message);
      if (reply.kind === 'result') return reply.result;
    }
    return undefined;
  }
}

async function startProcess(): Promise<ChildProcess> {
  const child = fork(PROCESS_FILE, [], {
    // Code that runs on agents' output gets nothing of our environment, least of all keys.
    env: process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot } : {},
    execArgv: [`--max-old-space-size=${MEMORY_MB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The process that checks hand-offs did not start (exit code ${code}).`);
  });
  await Promise.race([once(child, 'message'), ended]);
  // From now on `requestReply` notices its exit.
  ended.catch(() => undefined);
  return child;
}

/** Undefined if the process ends instead of replying. The child keeps this process alive only during a request. */
function requestReply(
  child: ChildProcess,
  request: CheckRequest,
): Promise<ProcessMessage | undefined> {
  return new Promise((resolve) => {
    let ticks = 0;
    // Ticks are counted instead of measuring time, so that sleep of the machine does not count.
    const ticking = setInterval(() => {
      ticks += 1;
      if (ticks > MAX_TICKS) child.kill('SIGKILL');
    }, TICK_MS);
    const settle = (reply: ProcessMessage | undefined): void => {
      clearInterval(ticking);
      child.off('message', settle).off('exit', onExit);
      child.unref();
      child.channel?.unref();
      resolve(reply);
    };
    const onExit = (): void => settle(undefined);
    child.once('message', settle).once('exit', onExit);
    child.ref();
    child.channel?.ref();
    // Sending fails only if the process is exiting.
    child.send(request, (error) => error !== null && child.kill('SIGKILL'));
  });
}
