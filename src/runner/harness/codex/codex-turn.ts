import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { AppRequest, ThreadListener } from './app-server.ts';
import { RpcClosed, RpcError } from './json-rpc.ts';
import type { TurnStartParams } from './protocol.generated.ts';
import { ToolRequests } from './tool-requests.ts';
import type { CodexTurnParts } from './turn-parts.ts';
import { type CodexError, type Notification, startedTurn } from './wire.ts';

/** How one turn of Codex ended. */
export type CodexTurnEnd =
  | { readonly kind: 'completed' | 'interrupted'; readonly durationMs?: number }
  | { readonly kind: 'failed'; readonly error: CodexError | null }
  /** The app-server has ended; whether Codex saw the prompt is not known. */
  | { readonly kind: 'gone'; readonly how: string };

/** Codex confirms within milliseconds; one that does not has lost the turn. */
const INTERRUPT_MS = 10_000;

/** One turn of Codex: from the prompt to its end. What Codex says goes to the transcript, what it asks to the sink. */
export class CodexTurn implements ThreadListener {
  readonly #parts: CodexTurnParts;
  readonly #requests: ToolRequests;
  readonly #ended = Promise.withResolvers<CodexTurnEnd>();
  readonly #isOver = new AbortController();
  #turnId: string | null = null;

  constructor(parts: CodexTurnParts) {
    this.#parts = parts;
    this.#requests = new ToolRequests(parts, () => this.#turnId);
  }

  /** `signal`: it is to be interrupted. */
  async run(params: Omit<TurnStartParams, 'threadId'>, signal: AbortSignal): Promise<CodexTurnEnd> {
    const { server, codexThreadId } = this.#parts;
    const interrupt = () => void this.#interrupt();
    try {
      const started = server.request(
        'turn/start',
        { threadId: codexThreadId, ...params } satisfies TurnStartParams,
        startedTurn,
      );
      const begun = await Promise.race([started, this.#ended.promise]);
      if ('turn' in begun) this.#turnId ??= begun.turn.id;
      signal.addEventListener('abort', interrupt, { once: true });
      if (signal.aborted) interrupt();
      return await Promise.race([this.#ended.promise, this.#whenGone()]);
    } catch (error) {
      if (error instanceof RpcClosed) return { kind: 'gone', how: error.message };
      if (error instanceof RpcError) return { kind: 'failed', error: { message: error.message } };
      throw error;
    } finally {
      signal.removeEventListener('abort', interrupt);
      this.#isOver.abort();
      this.#requests.withdrawAll();
    }
  }

  notified(notification: Notification): void {
    if (this.#isOver.signal.aborted || !this.#isOurs(notification)) return;
    const { transcript, tokens } = this.#parts;
    const { method, params } = notification;
    switch (method) {
      case 'turn/started':
        this.#turnId ??= params.turn.id;
        break;
      case 'turn/completed':
        this.#ended.resolve(endOf(params.turn));
        break;
      case 'item/started':
        this.#requests.noteItem(params.item);
        transcript.started(params.item);
        break;
      case 'item/completed':
        transcript.completed(params.item);
        break;
      case 'item/agentMessage/delta':
      case 'item/plan/delta':
        transcript.said('text', params.itemId, params.delta);
        break;
      case 'item/reasoning/summaryTextDelta':
      case 'item/reasoning/textDelta':
        transcript.said('thinking', params.itemId, params.delta);
        break;
      case 'item/reasoning/summaryPartAdded':
        transcript.newThought(params.itemId);
        break;
      case 'item/commandExecution/outputDelta':
        transcript.printed(params.itemId, params.delta);
        break;
      case 'thread/tokenUsage/updated':
        tokens.add(params.tokenUsage);
        transcript.usage(tokens.usage ?? {});
        break;
      case 'error':
        // What is final stands at the end of the turn.
        if (params.willRetry) transcript.dropUnfinished();
        if (params.willRetry) transcript.tell('warning', params.error.message);
        break;
      case 'warning':
        transcript.tell('info', params.message);
        break;
      case 'model/rerouted':
        transcript.tell('info', `The provider switched to the model ${params.toModel ?? ''}.`);
        break;
      case 'serverRequest/resolved':
        this.#requests.withdraw(params.requestId);
        break;
      case 'mcpServer/startupStatus/updated':
        break; // Of the thread.
      default:
        notification satisfies never;
    }
  }

  asked(request: AppRequest): void {
    void this.#requests.take(request);
  }

  /** What an earlier turn left in the background still tells how it ends. */
  #isOurs({ method, params }: Notification): boolean {
    const { turnId } = { turnId: undefined, ...params };
    if (method === 'turn/completed') return params.turn.id === this.#turnId;
    return typeof turnId !== 'string' || turnId === this.#turnId;
  }

  async #whenGone(): Promise<CodexTurnEnd> {
    return { kind: 'gone', how: await this.#parts.server.gone };
  }

  /** Where Codex does not end the turn, it is ended with Codex: nothing may continue behind a cancelled turn. */
  async #interrupt(): Promise<void> {
    const { server, codexThreadId } = this.#parts;
    const params = { threadId: codexThreadId, turnId: this.#turnId };
    // A turn that has just ended cannot be interrupted, and its end is there.
    server.request('turn/interrupt', params, z.unknown()).catch(() => undefined);
    await Promise.race([this.#ended.promise, sleep(INTERRUPT_MS, undefined, { ref: false })]);
    if (!this.#isOver.signal.aborted) await sleep(0);
    if (!this.#isOver.signal.aborted) server.kill();
  }
}

function endOf(turn: {
  readonly status: string;
  readonly error?: CodexError | null | undefined;
  readonly durationMs?: number | null | undefined;
}): CodexTurnEnd {
  const duration = turn.durationMs == null ? {} : { durationMs: turn.durationMs };
  if (turn.status === 'completed') return { kind: 'completed', ...duration };
  if (turn.status === 'interrupted') return { kind: 'interrupted', ...duration };
  return { kind: 'failed', error: turn.error ?? null };
}
