import { setTimeout as sleep } from 'node:timers/promises';
import { NO_KEY } from '../../../runtimes/local/connection.ts';
import type { HarnessThread, TurnSink } from '../adapter.ts';
import { endDescendants } from '../end-descendants.ts';
import type { HostThread, HostTurn, TurnEnd } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { notice } from '../new-items.ts';
import { placesOf } from './environment.ts';
import { crashed, failureOf } from './failures.ts';
import { LiveOutput } from './live-output.ts';
import { parseMessage, type TurnResult } from './message.ts';
import { contentOf, queryOptions } from './options.ts';
import type { Query, Sdk, UserMessage } from './sdk.ts';
import { sessionIdOf } from './session-id.ts';
import { Program } from './spawn.ts';
import { TurnMessages } from './turn-messages.ts';
import { totalsOf, UsageFile, usageBetween } from './usage.ts';

type Opened = {
  readonly sdk: Sdk;
  readonly thread: HostThread;
  /** Whether the session has turns behind it; a program that ended early may have left none. */
  readonly hasTurns: () => Promise<boolean>;
  readonly notices: readonly string[];
};

/** Claude Code ends an interrupted turn within a second; after this its process is ended. */
const INTERRUPT_MS = 5_000;
/** For what a running command prints. */
const LOOK_EVERY_MS = 250;

/**
 * A thread of Claude Code. Each turn has a process of its own, which takes the session up and ends with the turn: so
 * nothing of a turn continues after it, and the next one may have another model, mode or key.
 */
export class ClaudeThread implements HarnessThread {
  readonly #opened: Opened;
  readonly #usage: UsageFile;
  #notices: readonly string[];

  constructor(opened: Opened) {
    this.#opened = opened;
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

  /** No process is left between turns. */
  async close(): Promise<void> {}

  async #run(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const { sdk, thread, hasTurns } = this.#opened;
    const { config, temporary } = placesOf(thread);
    const output = new LiveOutput(temporary, sessionIdOf(thread.threadId));
    const messages = new TurnMessages(thread.cwd, [config, temporary], sink, output);
    const program = new Program(keyOf(thread));
    const isResumed = await hasTurns();
    const options = queryOptions({ thread, turn, isResumed, program, sink, signal });
    const input = new TurnInput(contentOf(turn));
    const query = sdk.query({ prompt: input, options });
    const stop = () => void interrupt(query, input);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const looking = setInterval(() => void sink.add(output.look()), LOOK_EVERY_MS);
    const result = await untilResult(query, messages, input).finally(() => clearInterval(looking));
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return { status: 'CANCELLED', ...(await this.#usageOf(result, messages)) };
    if (result === null) return this.#crashed(program, messages);
    return this.#endOf(result, messages, sink);
  }

  async #endOf(result: TurnResult, messages: TurnMessages, sink: TurnSink): Promise<TurnEnd> {
    const usage = await this.#usageOf(result, messages);
    const { duration_ms: durationMs } = result;
    const told = { ...usage, ...(durationMs === undefined ? {} : { durationMs }) };
    if (!result.is_error && result.subtype === 'success') {
      return { status: 'FINISHED', result: answerOf(result), ...told };
    }
    if (result.subtype === 'error_max_structured_output_retries') {
      await sink.add([notice('warning', 'The agent did not give an answer that fits the schema.')]);
      return { status: 'FINISHED', result: result.result ?? '', ...told };
    }
    const { failure, isTransient } = failureOf({
      status: result.api_error_status ?? null,
      word: messages.refusal?.word,
      reason: result.terminal_reason ?? undefined,
      text: result.result ?? result.errors.join(' '),
    });
    // What passes by itself interrupts the turn, and it can be resumed; a refusal ends it.
    return { status: isTransient ? 'INTERRUPTED' : 'ERROR', failure, ...told };
  }

  /** Commands of the agent are processes of their own and outlive the program when that is killed. */
  async #crashed(program: Program, messages: TurnMessages): Promise<TurnEnd> {
    const { how, said } = await program.ended;
    await endDescendants(this.#opened.thread.threadId);
    const usage = await this.#usageOf(null, messages);
    return { status: 'INTERRUPTED', failure: crashed(how, said), ...usage };
  }

  /** Without a result there is no word of the program for it, and no price. */
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

/** Without a key, the person's own login is used. */
const keyOf = ({ apiKey }: HostThread): string => (apiKey === NO_KEY ? '' : apiKey);

const answerOf = ({ structured_output: structured, result = '' }: TurnResult): string =>
  structured === undefined || structured === null ? result : JSON.stringify(structured);

/** Reads what the program says until it ends. Null when it ended without the result of the turn. */
async function untilResult(
  query: Query,
  messages: TurnMessages,
  input: TurnInput,
): Promise<TurnResult | null> {
  let result: TurnResult | null = null;
  try {
    for await (const raw of query) {
      const message = parseMessage(raw);
      if (message === null) continue;
      if (message.type === 'result') {
        result = message;
        // Nothing more is asked: the program ends.
        input.end();
      } else {
        await messages.read(message);
      }
    }
  } catch {
    // The SDK throws what the result has told already; without a result, the end of the program tells.
  } finally {
    input.end();
  }
  return result;
}

async function interrupt(query: Query, input: TurnInput): Promise<void> {
  // A program that is ending already answers nobody.
  await Promise.race([query.interrupt().catch(() => undefined), sleep(INTERRUPT_MS)]);
  input.end();
  await sleep(INTERRUPT_MS, undefined, { ref: false });
  query.close();
}

/** The prompt of a turn. The program listens for as long as there may be more of it. */
class TurnInput implements AsyncIterable<UserMessage> {
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
