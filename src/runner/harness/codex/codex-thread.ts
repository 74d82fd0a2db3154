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
import type { ThreadTurnsListParams, TurnStartParams } from './protocol.generated.ts';
import { inputOf, isHeldBySandbox, turnOptions, unknownParameters } from './thread-options.ts';
import { TurnTranscript } from './turn-transcript.ts';
import { TokenCount } from './usage.ts';
import { listedTurns, type Notification } from './wire.ts';

export type Opened = {
  readonly server: AppServer;
  readonly codexThreadId: string;
  readonly thread: HostThread;
  /** It was taken up again: a prompt may have arrived before. */
  readonly isResumed: boolean;
  /** About the thread, to be told in its next turn. */
  readonly notices: readonly string[];
  readonly pause?: (failures: number, signal: AbortSignal) => Promise<void>;
};

const MAX_RETRIES = 4;
const BACKOFF: Backoff = { baseMs: 2_000, capMs: 30_000 };
const CLOSE_MS = 3_000;

/** Opens no task of its own: the one before it continues. */
const GO_ON =
  'Go on with the task where you stopped: your last message did not arrive completely. Do not repeat what is already done.';

/** A thread of Codex, open in the app-server. */
export class CodexThread implements HarnessThread, ThreadListener {
  readonly #opened: Opened;
  readonly #stopListening: () => void;
  #turn: CodexTurn | null = null;
  #notices: string[];
  #mayHaveArrived: boolean;

  constructor(opened: Opened) {
    this.#opened = opened;
    this.#notices = [...opened.notices];
    this.#mayHaveArrived = opened.isResumed;
    this.#stopListening = opened.server.listen(opened.codexThreadId, this);
  }

  async runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const transcript = new TurnTranscript(this.#opened.thread.cwd, sink);
    const isHeld = isHeldBySandbox(this.#opened.thread, turn);
    for (const text of [...this.#notices, ...(isHeld ? [HELD] : [])]) transcript.tell('info', text);
    for (const name of unknownParameters(this.#opened.thread, turn))
      transcript.tell('warning', `Codex models have no parameter "${name}"; it is ignored.`);
    this.#notices = [];
    try {
      return await this.#untilEnd(turn, transcript, sink, signal);
    } catch (error) {
      if (error instanceof HarnessError) return { status: 'ERROR', failure: error.failure };
      throw error;
    } finally {
      this.#turn = null;
      this.#mayHaveArrived = false;
      await transcript.settled();
    }
  }

  async close(): Promise<void> {
    this.#stopListening();
    const { server, codexThreadId } = this.#opened;
    const leaving = server.request('thread/unsubscribe', { threadId: codexThreadId }, z.unknown());
    // What belongs to it is ended by whoever closes it; Codex forgets it by itself.
    await Promise.race([leaving.catch(() => undefined), sleep(CLOSE_MS)]);
  }

  notified(notification: Notification): void {
    if (notification.method === 'mcpServer/startupStatus/updated') {
      const { name, status, error } = notification.params;
      if (status === 'failed')
        this.#notices.push(`The MCP server "${name}" did not start: ${error ?? 'no reason given'}`);
      return;
    }
    this.#turn?.notified(notification);
  }

  asked(request: AppRequest): void {
    if (this.#turn === null)
      this.#opened.server.refuse(request.id, 'No turn of this thread is in progress.');
    else this.#turn.asked(request);
  }

  /**
   * Codex's own retries are off, because it tells nobody about them and repeats text. A turn that a passing fault ended
   * is continued with in the same thread, where what was done is known.
   */
  async #untilEnd(
    turn: HostTurn,
    transcript: TurnTranscript,
    sink: TurnSink,
    signal: AbortSignal,
  ): Promise<TurnEnd> {
    const tokens = new TokenCount();
    const { server, codexThreadId, thread } = this.#opened;
    const options = turnOptions(thread, turn);
    let input = (await this.#hasArrived(turn))
      ? inputOf({ ...turn, prompt: GO_ON })
      : inputOf(turn);
    for (let failures = 0; ; ) {
      if (signal.aborted) return { status: 'CANCELLED', ...usageOf(tokens) };
      const { cwd } = thread;
      const codexTurn = new CodexTurn({
        server,
        codexThreadId,
        cwd,
        transcript,
        tokens,
        sink,
        isPlanning: turn.mode === 'plan',
      });
      this.#turn = codexTurn;
      const params: Omit<TurnStartParams, 'threadId'> = {
        clientUserMessageId: turn.turnId,
        input,
        cwd,
        ...options,
      };
      const end = await codexTurn.run(params, signal);
      this.#tellNotices(transcript);
      const settled = await this.#settle(end, transcript, tokens, signal);
      if (settled !== null) return settled;
      failures += 1;
      const wasSpeaking = transcript.isSpeaking;
      const { failure, isTransient } = failureOf(errorOf(end), wasSpeaking);
      transcript.dropUnfinished();
      transcript.closeCalls({
        isError: true,
        result: { error: 'It ended together with its turn.' },
      });
      if (!isTransient || failures > MAX_RETRIES) {
        const status = INTERRUPTING.has(failure.code) ? 'INTERRUPTED' : 'ERROR';
        return { status, failure, ...usageOf(tokens) };
      }
      transcript.tell(
        'warning',
        `${failure.message} Codex continues the task (attempt ${failures + 1} of ${MAX_RETRIES + 1}).`,
      );
      await (this.#opened.pause ?? pause)(failures, signal);
      input = inputOf({ ...turn, prompt: GO_ON, images: [] });
    }
  }

  /** Null for a failure, after which it may continue. */
  async #settle(
    end: CodexTurnEnd,
    transcript: TurnTranscript,
    tokens: TokenCount,
    signal: AbortSignal,
  ): Promise<TurnEnd | null> {
    if (signal.aborted && end.kind !== 'completed') {
      transcript.closeCalls({
        isError: true,
        result: { error: 'It ended together with its turn.' },
      });
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
        // Its commands ended with it, but not what these had started.
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

  /** Whether a process before this one got the prompt to Codex. */
  async #hasArrived({ turnId }: HostTurn): Promise<boolean> {
    if (!this.#mayHaveArrived) return false;
    const { server, codexThreadId } = this.#opened;
    const params: ThreadTurnsListParams = {
      threadId: codexThreadId,
      limit: 1,
      itemsView: 'full',
    };
    // Where it cannot be asked, the prompt is sent: Codex itself then tells what is wrong.
    const listed = await server.request('thread/turns/list', params, listedTurns).catch(() => null);
    const items = listed?.data.flatMap((one) => one.items ?? []) ?? [];
    return items.some((item) => item.type === 'userMessage' && item.clientId === turnId);
  }

  #tellNotices(transcript: TurnTranscript): void {
    for (const text of this.#notices.splice(0)) transcript.tell('warning', text);
  }
}

const HELD =
  "In this turn, Codex's commands run in a sandbox and do not ask for permission one by one. The sandbox rejects what it does not allow, and all calls to MCP servers.";
const IN_BACKGROUND = { stdout: '', stderr: '', note: 'It continues in the background.' };

const pause = (failures: number, signal: AbortSignal): Promise<void> =>
  sleep(fullJitter(BACKOFF, failures, Math.random, 500), undefined, { signal }).catch(() => {
    // Called off: the turn ends with it.
  });

const errorOf = (end: CodexTurnEnd) => (end.kind === 'failed' ? end.error : null);

function usageOf(tokens: TokenCount): Pick<TurnEnd, 'usage'> {
  const { usage } = tokens;
  return usage === undefined ? {} : { usage };
}
