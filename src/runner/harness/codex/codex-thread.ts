import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Backoff, fullJitter } from '../../../lib/backoff.ts';
import type { HarnessThread, TurnSink } from '../adapter.ts';
import { endDescendants } from '../end-descendants.ts';
import type { HostThread, HostTurn, TurnEnd } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import type { AppRequest, AppServer, ThreadListener } from './app-server.ts';
import { CodexTurn, type CodexTurnEnd } from './codex-turn.ts';
import { failureFor, failureOf, INTERRUPTING } from './failures.ts';
import type { ThreadTurnsListParams } from './protocol.generated.ts';
import { inputOf, isSandboxed, turnOptions, unknownParameters } from './thread-options.ts';
import type { CodexTurnContext } from './turn-context.ts';
import { TurnTranscript } from './turn-transcript.ts';
import { TokenCount } from './usage.ts';
import { listedTurns, type Notification } from './wire.ts';

export type OpenedCodexThread = {
  readonly server: AppServer;
  readonly codexThreadId: string;
  readonly thread: HostThread;
  /** The thread was resumed: the prompt may have arrived before. */
  readonly isResumed: boolean;
  /** Notices about the thread, for its next turn. */
  readonly notices: readonly string[];
  readonly pause?: (failures: number, signal: AbortSignal) => Promise<void>;
};

const MAX_RETRIES = 4;
const BACKOFF: Backoff = { baseMs: 2_000, capMs: 30_000 };
const CLOSE_MS = 3_000;

/** Continues the previous task. */
const CONTINUE_PROMPT =
  'Go on with the task where you stopped: your last message did not arrive completely. Do not repeat what is already done.';

/** A thread that is open in Codex's app-server. */
export class CodexThread implements HarnessThread, ThreadListener {
  readonly #opened: OpenedCodexThread;
  readonly #stopListening: () => void;
  #turn: CodexTurn | null = null;
  #notices: string[];
  #promptMayHaveArrived: boolean;

  constructor(opened: OpenedCodexThread) {
    this.#opened = opened;
    this.#notices = [...opened.notices];
    this.#promptMayHaveArrived = opened.isResumed;
    this.#stopListening = opened.server.listen(opened.codexThreadId, this);
  }

  async runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const transcript = new TurnTranscript(this.#opened.thread.cwd, sink);
    const notices = isSandboxed(this.#opened.thread, turn) ? [SANDBOXED] : [];
    for (const text of [...this.#notices, ...notices]) transcript.addNotice('info', text);
    for (const name of unknownParameters(this.#opened.thread, turn))
      transcript.addNotice('warning', `Codex models have no parameter "${name}"; it is ignored.`);
    this.#notices = [];
    try {
      return await this.#runUntilEnd(turn, transcript, sink, signal);
    } catch (error) {
      if (error instanceof HarnessError) return { status: 'ERROR', failure: error.failure };
      throw error;
    } finally {
      this.#turn = null;
      this.#promptMayHaveArrived = false;
      await transcript.settled();
    }
  }

  async close(): Promise<void> {
    this.#stopListening();
    const { server, codexThreadId } = this.#opened;
    const unsubscribed = server.request(
      'thread/unsubscribe',
      { threadId: codexThreadId },
      z.unknown(),
    );
    // The caller ends its processes; Codex unloads the thread by itself.
    await Promise.race([unsubscribed.catch(() => undefined), sleep(CLOSE_MS)]);
  }

  onNotification(notification: Notification): void {
    if (notification.method === 'mcpServer/startupStatus/updated') {
      const { name, status, error } = notification.params;
      if (status === 'failed')
        this.#notices.push(`The MCP server "${name}" did not start: ${error ?? 'no reason given'}`);
      return;
    }
    this.#turn?.onNotification(notification);
  }

  onRequest(request: AppRequest): void {
    if (this.#turn === null)
      this.#opened.server.reject(request.id, 'No turn of this thread is in progress.');
    else this.#turn.onRequest(request);
  }

  /**
   * Codex's own retries are disabled, because they are not reported and repeat text. After a transient failure, the
   * turn continues in the same thread, which knows what was done.
   */
  async #runUntilEnd(
    turn: HostTurn,
    transcript: TurnTranscript,
    sink: TurnSink,
    signal: AbortSignal,
  ): Promise<TurnEnd> {
    const { server, codexThreadId, thread } = this.#opened;
    const { cwd } = thread;
    const tokens = new TokenCount();
    const isPlanning = turn.mode === 'plan';
    const context = { server, codexThreadId, cwd, transcript, tokens, sink, isPlanning };
    const options = turnOptions(thread, turn);
    let input = (await this.#hasPromptArrived(turn))
      ? inputOf({ ...turn, prompt: CONTINUE_PROMPT })
      : inputOf(turn);
    for (let failures = 0; ; ) {
      if (signal.aborted) return { status: 'CANCELLED', ...usageOf(tokens) };
      this.#turn = new CodexTurn(context);
      const params = { clientUserMessageId: turn.turnId, input, cwd, ...options };
      const end = await this.#turn.run(params, signal);
      this.#addPendingNotices(transcript);
      const turnEnd = await this.#endOf(end, context, signal);
      if (turnEnd !== null) return turnEnd;
      failures += 1;
      const { failure, isTransient } = failureOf(errorOf(end), {
        hasBegun: transcript.hasOpenText,
      });
      transcript.dropUnfinished();
      transcript.closeCalls(ENDED_WITH_TURN);
      if (!isTransient || failures > MAX_RETRIES) {
        const status = INTERRUPTING.has(failure.code) ? 'INTERRUPTED' : 'ERROR';
        return { status, failure, ...usageOf(tokens) };
      }
      const count = `attempt ${failures + 1} of ${MAX_RETRIES + 1}`;
      transcript.addNotice('warning', `${failure.message} Codex continues the task (${count}).`);
      await (this.#opened.pause ?? pause)(failures, signal);
      input = inputOf({ ...turn, prompt: CONTINUE_PROMPT, images: [] });
    }
  }

  /** Null for a failure, after which the turn may continue. */
  async #endOf(
    end: CodexTurnEnd,
    { transcript, tokens }: CodexTurnContext,
    signal: AbortSignal,
  ): Promise<TurnEnd | null> {
    if (signal.aborted && end.kind !== 'completed') {
      transcript.closeCalls(ENDED_WITH_TURN);
      return { status: 'CANCELLED', ...usageOf(tokens) };
    }
    switch (end.kind) {
      case 'completed': {
        transcript.closeCalls({ isError: false, result: { success: IN_BACKGROUND } });
        const { durationMs } = end;
        return {
          status: 'FINISHED',
          ...(transcript.lastText === null ? {} : { result: transcript.lastText }),
          ...(durationMs === undefined ? {} : { durationMs }),
          ...usageOf(tokens),
        };
      }
      case 'interrupted':
        return {
          status: 'INTERRUPTED',
          failure: failureFor('harness_crashed', 'Codex ended the turn unexpectedly.'),
          ...usageOf(tokens),
        };
      case 'gone': {
        // Its commands ended with it, but not their descendants.
        await endDescendants(this.#opened.thread.threadId);
        const failure = failureFor('harness_crashed', `Codex ${end.how}`);
        return { status: 'INTERRUPTED', failure, ...usageOf(tokens) };
      }
      case 'failed':
        return null;
      default:
        return end satisfies never;
    }
  }

  /** Whether an earlier process sent the prompt to Codex. */
  async #hasPromptArrived({ turnId }: HostTurn): Promise<boolean> {
    if (!this.#promptMayHaveArrived) return false;
    const { server, codexThreadId } = this.#opened;
    const params: ThreadTurnsListParams = {
      threadId: codexThreadId,
      limit: 1,
      itemsView: 'full',
    };
    // If the list cannot be read, the prompt is sent, and Codex reports what is wrong.
    const turnList = await server
      .request('thread/turns/list', params, listedTurns)
      .catch(() => null);
    const items = turnList?.data.flatMap((one) => one.items ?? []) ?? [];
    return items.some((item) => item.type === 'userMessage' && item.clientId === turnId);
  }

  #addPendingNotices(transcript: TurnTranscript): void {
    for (const text of this.#notices.splice(0)) transcript.addNotice('warning', text);
  }
}

const SANDBOXED =
  "In this turn, Codex's commands run in a sandbox and do not ask for permission one by one. The sandbox rejects what it does not allow, and all calls to MCP servers.";
const ENDED_WITH_TURN = { isError: true, result: { error: 'It ended together with its turn.' } };
const IN_BACKGROUND = { stdout: '', stderr: '', note: 'It continues in the background.' };

const pause = (failures: number, signal: AbortSignal): Promise<void> =>
  sleep(fullJitter(BACKOFF, failures, Math.random, 500), undefined, { signal }).catch(() => {
    // Aborted: the turn ends.
  });

const errorOf = (end: CodexTurnEnd) => (end.kind === 'failed' ? end.error : null);

function usageOf(tokens: TokenCount): Pick<TurnEnd, 'usage'> {
  const { usage } = tokens;
  return usage === undefined ? {} : { usage };
}
