import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { AppRequest, ThreadListener } from './app-server.ts';
import { RpcClosed, RpcError } from './json-rpc.ts';
import type { TurnStartParams } from './protocol.generated.ts';
import { ToolRequests } from './tool-requests.ts';
import type { CodexTurnContext } from './turn-context.ts';
import { type CodexError, type Notification, startedTurn } from './wire.ts';

/** How one turn of Codex ended. */
export type CodexTurnEnd =
  | { readonly kind: 'completed' | 'interrupted'; readonly durationMs?: number }
  | { readonly kind: 'failed'; readonly error: CodexError | null }
  /** The app-server has exited; whether Codex received the prompt is unknown. */
  | { readonly kind: 'gone'; readonly how: string };

/** Codex confirms an interrupt within milliseconds; after this time it has lost the turn. */
const INTERRUPT_MS = 10_000;

/** One turn of Codex: its messages go to the transcript, its requests to the sink. */
export class CodexTurn implements ThreadListener {
  readonly #context: CodexTurnContext;
  readonly #requests: ToolRequests;
  readonly #ended = Promise.withResolvers<CodexTurnEnd>();
  readonly #over = new AbortController();
  #turnId: string | null = null;

  constructor(context: CodexTurnContext) {
    this.#context = context;
    this.#requests = new ToolRequests(context, () => this.#turnId);
  }

  /** `signal`: interrupts the turn. */
  async run(params: Omit<TurnStartParams, 'threadId'>, signal: AbortSignal): Promise<CodexTurnEnd> {
    const { server, codexThreadId } = this.#context;
    const interrupt = () => void this.#interrupt();
    try {
      const started = server.request(
        'turn/start',
        { threadId: codexThreadId, ...params } satisfies TurnStartParams,
        startedTurn,
      );
      const first = await Promise.race([started, this.#ended.promise]);
      if ('turn' in first) this.#turnId ??= first.turn.id;
      signal.addEventListener('abort', interrupt, { once: true });
      if (signal.aborted) interrupt();
      return await Promise.race([this.#ended.promise, this.#whenExited()]);
    } catch (error) {
      if (error instanceof RpcClosed) return { kind: 'gone', how: error.message };
      if (error instanceof RpcError) return { kind: 'failed', error: { message: error.message } };
      throw error;
    } finally {
      signal.removeEventListener('abort', interrupt);
      this.#over.abort();
      this.#requests.withdrawAll();
    }
  }

  onNotification(notification: Notification): void {
    if (this.#over.signal.aborted || !this.#isOurs(notification)) return;
    const { transcript, tokens } = this.#context;
    const { method, params } = notification;
    switch (method) {
      case 'turn/started':
        this.#turnId ??= params.turn.id;
        break;
      case 'turn/completed':
        this.#ended.resolve(endOf(params.turn));
        break;
      case 'item/started':
        this.#requests.addItem(params.item);
        transcript.started(params.item);
        break;
      case 'item/completed':
        transcript.completed(params.item);
        break;
      case 'item/agentMessage/delta':
      case 'item/plan/delta':
        transcript.addText('text', params.itemId, params.delta);
        break;
      case 'item/reasoning/summaryTextDelta':
      case 'item/reasoning/textDelta':
        transcript.addText('thinking', params.itemId, params.delta);
        break;
      case 'item/reasoning/summaryPartAdded':
        transcript.startThoughtPart(params.itemId);
        break;
      case 'item/commandExecution/outputDelta':
        transcript.addOutput(params.itemId, params.delta);
        break;
      case 'thread/tokenUsage/updated':
        tokens.add(params.tokenUsage);
        transcript.usage(tokens.usage ?? {});
        break;
      case 'error':
        // A final error is part of the end of the turn.
        if (params.willRetry) transcript.dropUnfinished();
        if (params.willRetry) transcript.addNotice('warning', params.error.message);
        break;
      case 'warning':
        transcript.addNotice('info', params.message);
        break;
      case 'model/rerouted':
        transcript.addNotice('info', `The provider switched to the model ${params.toModel ?? ''}.`);
        break;
      case 'serverRequest/resolved':
        this.#requests.withdraw(params.requestId);
        break;
      case 'mcpServer/startupStatus/updated':
        break; // Handled by the thread.
      default:
        notification satisfies never;
    }
  }

  onRequest(request: AppRequest): void {
    void this.#requests.handle(request);
  }

  /** Background commands of an earlier turn still report their end. */
  #isOurs({ method, params }: Notification): boolean {
    const { turnId } = { turnId: undefined, ...params };
    if (method === 'turn/completed') return params.turn.id === this.#turnId;
    return typeof turnId !== 'string' || turnId === this.#turnId;
  }

  async #whenExited(): Promise<CodexTurnEnd> {
    return { kind: 'gone', how: await this.#context.server.exited };
  }

  /** If Codex does not end the turn, it is killed: nothing may continue after a cancelled turn. */
  async #interrupt(): Promise<void> {
    const { server, codexThreadId } = this.#context;
    const params = { threadId: codexThreadId, turnId: this.#turnId };
    // Fails if the turn has just ended.
    server.request('turn/interrupt', params, z.unknown()).catch(() => undefined);
    await Promise.race([this.#ended.promise, sleep(INTERRUPT_MS, undefined, { ref: false })]);
    if (!this.#over.signal.aborted) await sleep(0);
    if (!this.#over.signal.aborted) server.kill();
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
