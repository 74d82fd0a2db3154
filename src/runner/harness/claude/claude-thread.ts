import { setTimeout as sleep } from 'node:timers/promises';
import { NO_KEY } from '../../../runtimes/local/connection.ts';
import type { HarnessThread, TurnSink } from '../adapter.ts';
import { endDescendants } from '../end-descendants.ts';
import type { HostThread, HostTurn, TurnEnd } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { notice } from '../new-items.ts';
import { pathsOf } from './environment.ts';
import { crashed, failureOf } from './failures.ts';
import { LiveOutput } from './live-output.ts';
import { parseMessage, type TurnResult } from './message.ts';
import { contentOf, queryOptions } from './options.ts';
import type { Query, Sdk, UserMessage } from './sdk.ts';
import { sessionIdOf } from './session-id.ts';
import { Program } from './spawn.ts';
import { TurnMessages } from './turn-messages.ts';
import { totalsOf, UsageFile, usageBetween } from './usage.ts';

type OpenedSession = {
  readonly sdk: Sdk;
  readonly thread: HostThread;
  /** Whether the session has messages; a program that exited early may have left none. */
  readonly hasTurns: () => Promise<boolean>;
  readonly notices: readonly string[];
};

/** Claude Code ends an interrupted turn within a second; after this time its process is ended. */
const INTERRUPT_MS = 5_000;
/** For the output of running commands. */
const POLL_EVERY_MS = 250;

/**
 * A thread of Claude Code. Each turn has its own process, which resumes the session and exits with the turn: nothing of
 * a turn continues after it, and the next one may have another model, mode or key.
 */
export class ClaudeThread implements HarnessThread {
  readonly #session: OpenedSession;
  readonly #usage: UsageFile;
  #notices: readonly string[];

  constructor(opened: OpenedSession) {
    this.#session = opened;
    this.#usage = new UsageFile(opened.thread.storeFolder);
    this.#notices = opened.notices;
  }

  async runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const notices = this.#notices.map((text) => notice('info', text));
    this.#notices = [];
    await sink.add(notices);
    try {
      return await this.#run(turn, sink, signal);
    } catch (error) {
      if (error instanceof HarnessError) return { status: 'ERROR', failure: error.failure };
      throw error;
    }
  }

  /** Nothing to do: there is no process between turns. */
  async close(): Promise<void> {}

  async #run(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const { sdk, thread, hasTurns } = this.#session;
    const { config, temporary } = pathsOf(thread);
    const output = new LiveOutput(temporary, sessionIdOf(thread.threadId));
    const messages = new TurnMessages(thread.cwd, [config, temporary], sink, output);
    const program = new Program(keyOf(thread));
    const isResumed = await hasTurns();
    const options = queryOptions({ thread, turn, isResumed, program, sink, signal });
    const input = new PromptStream(contentOf(turn));
    const query = sdk.query({ prompt: input, options });
    const stop = () => void interrupt(query, input);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const pollTimer = setInterval(() => void sink.add(output.poll()), POLL_EVERY_MS);
    const result = await untilResult(query, messages, input).finally(() =>
      clearInterval(pollTimer),
    );
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return { status: 'CANCELLED', ...(await this.#usageOf(result, messages)) };
    if (result === null) return this.#crashed(program, messages);
    return this.#endOf(result, messages, sink);
  }

  async #endOf(result: TurnResult, messages: TurnMessages, sink: TurnSink): Promise<TurnEnd> {
    const usage = await this.#usageOf(result, messages);
    const { duration_ms: durationMs } = result;
    const details = { ...usage, ...(durationMs === undefined ? {} : { durationMs }) };
    if (!result.is_error && result.subtype === 'success') {
      return { status: 'FINISHED', result: answerOf(result), ...details };
    }
    if (result.subtype === 'error_max_structured_output_retries') {
      await sink.add([notice('warning', 'The agent did not give an answer that fits the schema.')]);
      return { status: 'FINISHED', result: result.result ?? '', ...details };
    }
    const { failure, isTransient } = failureOf({
      status: result.api_error_status ?? null,
      errorCode: messages.lastError?.code,
      reason: result.terminal_reason ?? undefined,
      text: result.result ?? result.errors.join(' '),
    });
    // A transient failure interrupts the turn, which can then be resumed; any other failure ends it.
    return { status: isTransient ? 'INTERRUPTED' : 'ERROR', failure, ...details };
  }

  /** The agent's commands outlive the program when it is killed. */
  async #crashed(program: Program, messages: TurnMessages): Promise<TurnEnd> {
    const { how, stderr } = await program.ended;
    await endDescendants(this.#session.thread.threadId);
    const usage = await this.#usageOf(null, messages);
    return { status: 'INTERRUPTED', failure: crashed(how, stderr), ...usage };
  }

  /** Without a result there are only the counted tokens, and no price. */
  async #usageOf(
    result: TurnResult | null,
    { tokens }: TurnMessages,
  ): Promise<Pick<TurnEnd, 'usage'>> {
    if (result !== null && Object.keys(result.modelUsage).length > 0) {
      const now = totalsOf(result);
      const usage = usageBetween(await this.#usage.read(), now);
      await this.#usage.write(now);
      return { usage };
    }
    if (tokens.total === null) return {};
    const totalTokens = Object.values(tokens.total).reduce((sum, part) => sum + part, 0);
    return { usage: { ...tokens.total, totalTokens } };
  }
}

/** An empty key means the user's own login. */
const keyOf = ({ apiKey }: HostThread): string => (apiKey === NO_KEY ? '' : apiKey);

const answerOf = ({ structured_output: structured, result = '' }: TurnResult): string =>
  structured === undefined || structured === null ? result : JSON.stringify(structured);

/** Reads the program's messages until it exits. Null if it exited without the result of the turn. */
async function untilResult(
  query: Query,
  messages: TurnMessages,
  input: PromptStream,
): Promise<TurnResult | null> {
  let result: TurnResult | null = null;
  try {
    for await (const raw of query) {
      const message = parseMessage(raw);
      if (message === null) continue;
      if (message.type === 'result') {
        result = message;
        // Ends the input, so that the program exits.
        input.end();
      } else {
        await messages.read(message);
      }
    }
  } catch {
    // The SDK throws for failures that the result contains already; without a result, the exit of the program is
    // reported.
  } finally {
    input.end();
  }
  return result;
}

async function interrupt(query: Query, input: PromptStream): Promise<void> {
  // A program that is already exiting does not respond.
  await Promise.race([query.interrupt().catch(() => undefined), sleep(INTERRUPT_MS)]);
  input.end();
  await sleep(INTERRUPT_MS, undefined, { ref: false });
  query.close();
}

/** The prompt of a turn. The program keeps running until the input ends. */
class PromptStream implements AsyncIterable<UserMessage> {
  readonly #content: UserMessage['message']['content'];
  readonly #ended = Promise.withResolvers<void>();

  constructor(content: UserMessage['message']['content']) {
    this.#content = content;
  }

  end(): void {
    this.#ended.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<UserMessage> {
    yield {
      type: 'user',
      session_id: '',
      parent_tool_use_id: null,
      message: { role: 'user', content: this.#content },
    };
    await this.#ended.promise;
  }
}
