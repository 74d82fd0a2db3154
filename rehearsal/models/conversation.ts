import { createHash } from 'node:crypto';

/** A tool that a request offers to the model. */
export type OfferedTool = { readonly name: string; readonly schema?: unknown };

/** A tool call with its result, from the history. */
export type PastCall = {
  readonly name: string;
  readonly input: unknown;
  /** The result as text. */
  readonly result: string;
  readonly isError: boolean;
};

/** A prompt of the user and the calls and text that followed it. */
export type PastTurn = {
  readonly prompt: string;
  readonly calls: readonly PastCall[];
  /** Text of the assistant after the last call. */
  readonly assistantText: string;
};

export type ModelApi = 'anthropic-messages' | 'chat-completions' | 'responses';

/** A request for the next message of a model, in a form common to all APIs. */
export type Conversation = {
  readonly api: ModelApi;
  readonly model: string;
  readonly system: string;
  /** Oldest first; the last one is the turn to continue. */
  readonly turns: readonly PastTurn[];
  readonly tools: readonly OfferedTool[];
  /** JSON Schema that the last message must satisfy. */
  readonly outputSchema?: unknown;
  /** In plan mode, the model reads and writes messages, but changes nothing. */
  readonly mode: 'agent' | 'plan';
  /** Working folder of the harness, if the request names it. */
  readonly folder?: string;
  /** Identifies the conversation in all of its requests. */
  readonly sessionKey: string;
  readonly isStreamed: boolean;
  /** Whether the stream includes usage; absent if the client cannot choose. */
  readonly includesUsage?: boolean;
  /** Number of images in the last prompt. */
  readonly images: number;
  /** Session of a command that the last call started and that is still running. */
  readonly runningSession?: number;
  /** Text that the client added to the prompts, if the API distinguishes it. */
  readonly context?: string;
};

/** Identifies a conversation by its first texts, for APIs that have no id for it. */
export const conversationKey = (...texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 32);

/** Sent by an adapter after an incomplete model message; it continues the turn before it. */
const continuePrompt = /^\s*go on with (the|your) task\b/i;

/**
 * Collects the turns of a history. A prompt that only asks to continue starts no turn: what follows it belongs to the
 * turn before.
 */
export class TurnCollector {
  readonly #turns: { prompt: string; calls: PastCall[]; assistantText: string }[] = [];

  prompt(text: string): void {
    if (continuePrompt.test(text) && this.#turns.length > 0) return;
    this.#turns.push({ prompt: text, calls: [], assistantText: '' });
  }

  assistantText(text: string): void {
    const turn = this.#turns.at(-1);
    if (turn !== undefined) turn.assistantText += text;
  }

  call(call: PastCall): void {
    const turn = this.#turns.at(-1);
    if (turn === undefined) return;
    turn.calls.push(call);
    turn.assistantText = '';
  }

  turns(): readonly PastTurn[] {
    return this.#turns;
  }
}
