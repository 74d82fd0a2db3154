/** A tool that a request offers to the model, under the name it has there. */
export type OfferedTool = { readonly name: string; readonly schema?: unknown };

/** A tool call that the history has a result for. */
export type PastCall = {
  readonly name: string;
  readonly input: unknown;
  /** The result as text. */
  readonly result: string;
  readonly isError: boolean;
};

/** A prompt of the user, and what followed it. */
export type PastTurn = {
  readonly prompt: string;
  readonly calls: readonly PastCall[];
  /** What the assistant wrote after the last of the calls. */
  readonly assistantText: string;
};

export type ModelApi = 'anthropic-messages' | 'chat-completions' | 'responses';

/** What a request for the next message of a model says, the same for every API. */
export type Conversation = {
  readonly api: ModelApi;
  readonly model: string;
  readonly system: string;
  /** Oldest first; the last one is the turn that is to continue. */
  readonly turns: readonly PastTurn[];
  readonly tools: readonly OfferedTool[];
  /** JSON Schema that the last message has to satisfy. */
  readonly outputSchema?: unknown;
  /** Plan mode: the model looks and speaks, and changes nothing. */
  readonly mode: 'agent' | 'plan';
  /** Working folder of the harness, where the request names it. */
  readonly folder?: string;
  /** The same in all requests of one conversation. */
  readonly sessionKey: string;
  readonly isStreamed: boolean;
  /** Whether the stream is to tell its usage; where the API lets the client choose. */
  readonly includesUsage?: boolean;
  /** Images in the last prompt. */
  readonly images: number;
  /** What the client put next to the prompts of its own accord, where the API shows that. */
  readonly context?: string;
};

/** What an adapter sends when a model's message did not arrive whole: it belongs to the prompt before it. */
const continuePrompt = /^\s*go on with (the|your) task\b/i;

/**
 * Collects the turns of a history in its order. A prompt that only says that the work is to continue opens no turn:
 * what follows it belongs to the turn before it.
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
