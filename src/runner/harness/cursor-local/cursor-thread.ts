import type { AgentOptions, RunResult, SDKAgent } from '@cursor/sdk';
import type { HarnessThread, TurnSink } from '../adapter.ts';
import type { RequestFailure } from '../failures.ts';
import type { HostTurn, TurnEnd } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { notice } from '../new-items.ts';
import { sendOptions, userMessage } from './agent-options.ts';
import { MAX_RETRIES, pause } from './retry.ts';
import { runOnce } from './run-once.ts';
import { UpdateItems } from './update-items.ts';

type OpenedCursorThread = {
  readonly agent: SDKAgent;
  readonly cwd: string;
  readonly model: NonNullable<AgentOptions['model']>;
  /** Notices about the thread, for its next turn. */
  readonly notices: readonly string[];
  readonly pause?: typeof pause;
};

/** A thread of Cursor's SDK that is open in this process. */
export class CursorThread implements HarnessThread {
  readonly #opened: OpenedCursorThread;
  #notices: readonly string[];

  constructor(opened: OpenedCursorThread) {
    this.#opened = opened;
    this.#notices = opened.notices;
  }

  async runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const items = new UpdateItems(this.#opened.cwd, sink);
    const notices = this.#notices.map((text) => notice('info', text));
    this.#notices = [];
    await sink.add(notices);
    try {
      return await this.#runUntilEnd(turn, items, sink, signal);
    } catch (error) {
      if (error instanceof HarnessError) return { status: 'ERROR', failure: error.failure };
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#opened.agent[Symbol.asyncDispose]();
  }

  /**
   * The SDK's own retries are disabled, because they repeat text and may repeat work. The prompt is sent again only if
   * no tool call has started; the text of the failed attempt is retracted. After that, the turn ends as interrupted.
   */
  async #runUntilEnd(
    turn: HostTurn,
    items: UpdateItems,
    sink: TurnSink,
    signal: AbortSignal,
  ): Promise<TurnEnd> {
    const { agent, model } = this.#opened;
    const message = userMessage(turn);
    const options = {
      ...sendOptions(turn, model),
      onDelta: ({ update }: { update: unknown }) => items.read(update),
    };
    for (let failures = 1; ; failures += 1) {
      const mark = sink.mark();
      items.beginAttempt();
      const end = await runOnce(() => agent.send(message, options), sink, signal);
      if (end.kind === 'ended') return endOf(end.run, items);
      if (signal.aborted) return cancelled(items);
      const { failure, isTransient } = end.failure;
      const isLast = failures > MAX_RETRIES || items.hasBegunCall;
      if (!isTransient || isLast) return failedEnd(end.failure, items);
      sink.retract(mark, sink.mark());
      const count = `attempt ${failures + 1} of ${MAX_RETRIES + 1}`;
      await sink.add([
        notice('warning', `${failure.message} The prompt is being sent again (${count}).`),
      ]);
      await (this.#opened.pause ?? pause)(failures, signal).catch(ignoreAbort(signal));
      if (signal.aborted) return cancelled(items);
    }
  }
}

const ignoreAbort = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) throw error;
};

const cancelled = (items: UpdateItems): TurnEnd => ({ status: 'CANCELLED', ...usageOf(items) });

function endOf(run: RunResult, items: UpdateItems): TurnEnd {
  const result = items.repeatedText ?? run.result;
  return {
    status: run.status === 'cancelled' ? 'CANCELLED' : 'FINISHED',
    ...(result === undefined ? {} : { result }),
    ...(run.durationMs === undefined ? {} : { durationMs: run.durationMs }),
    ...usageOf(items),
  };
}

/** A transient failure interrupts the turn, which can then be resumed; any other failure ends it. */
function failedEnd({ failure, isTransient }: RequestFailure, items: UpdateItems): TurnEnd {
  return { status: isTransient ? 'INTERRUPTED' : 'ERROR', failure, ...usageOf(items) };
}

function usageOf({ tokens }: UpdateItems): Pick<TurnEnd, 'usage'> {
  if (tokens === null) return {};
  const count = (name: string) => tokens[name] ?? 0;
  const parts = {
    inputTokens: count('inputTokens'),
    outputTokens: count('outputTokens'),
    cacheReadTokens: count('cacheReadTokens'),
    cacheWriteTokens: count('cacheWriteTokens'),
  };
  const totalTokens = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { usage: { ...parts, totalTokens } };
}
