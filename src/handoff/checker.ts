import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExpressionResult } from '../workflow/expression.ts';
import type { DecisionReading } from './decisions.ts';
import type { Answer, FromProcess, Question } from './protocol.ts';
import { type HandoffReading, type HandoffWish, readHandoff, unusableSchema } from './read.ts';
import { type HandoffSchema, MAX_SCHEMA_LENGTH, schemaText, tooLong } from './schema.ts';

export type HandoffChecker = {
  /** What a connection carries of an agent's last message. */
  read(wish: HandoffWish, message: string): Promise<HandoffReading>;
  /** What an agent decided in its last message about these connections, and the message without it. */
  readDecisions(message: string, wanted: readonly string[]): Promise<DecisionReading>;
  /** Whether an expression holds over a structured hand-off, which is given as JSON. */
  evaluate(expression: string, handoff: string, round: number): Promise<ExpressionResult>;
  /** Why a schema cannot be used; null when it can. */
  schemaFault(schema: HandoffSchema): Promise<string | null>;
};

const PROCESS_FILE = fileURLToPath(new URL('./check-process.ts', import.meta.url));
const MEMORY_MB = 256;
const IDLE_MS = 30_000;
/** The watchdog inside ends a check far sooner; this one is for a process that cannot even do that. */
const MOST_TICKS = 120;
const TICK_MS = 1_000;
/** Also when someone else ended the process over the question. */
const TRIES = 2;
/** How the watchdog and a full memory end it; the same would only happen again. */
const endsByItself: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGABRT']);
const MOST_VERDICTS = 200;

/** One such schema costs seconds: nobody continues to the next one. */
export const STOPPED = 'the check exceeded the time or memory limit';

/** Checks hand-offs in a process with limits of time and memory, which is started on demand and ends when idle. */
export class HandoffProcess implements HandoffChecker, Disposable {
  readonly #verdicts = new Map<string, Promise<string | null>>();
  #child: ChildProcess | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  async read(wish: HandoffWish, message: string): Promise<HandoffReading> {
    const { handoffFormat: format, handoffSchema } = wish;
    if (format === 'full-output' || format === 'file-reference') return readHandoff(wish, message);
    const schema = handoffSchema === undefined ? undefined : schemaText(handoffSchema);
    if (schema !== undefined && schema.length > MAX_SCHEMA_LENGTH) return unusableSchema(tooLong);
    const answer = await this.#enqueue({ kind: 'read', format, schema, message });
    if (answer !== undefined) return answer as HandoffReading; // It answers in kind: see check-process.ts.
    return format === 'summary'
      ? { kind: 'content', content: message }
      : {
          kind: 'unusable',
          code: 'handoff_check_stopped',
          message: `The hand-off could not be checked against its schema: ${STOPPED}.`,
        };
  }

  async readDecisions(message: string, wanted: readonly string[]): Promise<DecisionReading> {
    if (wanted.length === 0) return { decisions: {}, rest: message };
    const answer = await this.#enqueue({ kind: 'decisions', message, wanted });
    if (answer !== undefined) return answer as DecisionReading; // It answers in kind: see check-process.ts.
    const unclear = { kind: 'unclear', mistake: 'the message cannot be read' } as const;
    return { decisions: Object.fromEntries(wanted.map((id) => [id, unclear])), rest: message };
  }

  async evaluate(expression: string, handoff: string, round: number): Promise<ExpressionResult> {
    const answer = await this.#enqueue({ kind: 'evaluate', expression, handoff, round });
    if (answer !== undefined) return answer as ExpressionResult; // It answers in kind: see check-process.ts.
    return { kind: 'fault', message: 'it exceeded the time or memory limit for expressions' };
  }

  schemaFault(schema: HandoffSchema): Promise<string | null> {
    const text = schemaText(schema);
    if (text.length > MAX_SCHEMA_LENGTH) return Promise.resolve(tooLong);
    const known = this.#verdicts.get(text);
    if (known !== undefined) return known;
    // The process answers a schema with its fault, or with null.
    const verdict = this.#enqueue({ kind: 'compile', schema: text }).then((answer) =>
      answer === undefined ? STOPPED : (answer as string | null),
    );
    // Whoever asked hears of it; the next one asks again.
    verdict.catch(() => this.#verdicts.delete(text));
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size >= MOST_VERDICTS && oldest !== undefined) this.#verdicts.delete(oldest);
    this.#verdicts.set(text, verdict);
    return verdict;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  /** One question at a time. Undefined: the process ended over it. */
  #enqueue(question: Question): Promise<Answer | undefined> {
    const answer = this.#queue.then(() => this.#ask(question));
    // Whoever asked hears of it; the next question only waits.
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  async #ask(question: Question): Promise<Answer | undefined> {
    clearTimeout(this.#idle);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const child = this.#child ?? (await startProcess());
      this.#child = child;
      const reply = await replyOf(child, question);
      if (reply === undefined) {
        this.#child = undefined;
        if (endsByItself.has(child.signalCode)) break;
        continue;
      }
      this.#idle = setTimeout(() => this[Symbol.dispose](), IDLE_MS).unref();
      if (reply.kind === 'error') throw new Error(reply.message);
      if (reply.kind === 'answer') return reply.answer;
    }
    return undefined;
  }
}

async function startProcess(): Promise<ChildProcess> {
  const child = fork(PROCESS_FILE, [], {
    // Nothing of our environment, least of all a key, is for what agents wrote.
    env: process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot } : {},
    execArgv: [`--max-old-space-size=${MEMORY_MB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The process that checks hand-offs did not start (exit code ${code}).`);
  });
  await Promise.race([once(child, 'message'), ended]);
  // From now on its end is noticed by whoever asks it.
  ended.catch(() => undefined);
  return child;
}

/** Undefined when the process ends instead. It keeps this process alive only while it has a question. */
function replyOf(child: ChildProcess, question: Question): Promise<FromProcess | undefined> {
  return new Promise((resolve) => {
    let ticks = 0;
    // Counted and not timed: a machine that slept is no reason to end anything.
    const ticking = setInterval(() => {
      ticks += 1;
      if (ticks > MOST_TICKS) child.kill('SIGKILL');
    }, TICK_MS);
    const settle = (reply: FromProcess | undefined): void => {
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
    // A question that does not arrive is one to a process that is ending.
    child.send(question, (error) => error !== null && child.kill('SIGKILL'));
  });
}
