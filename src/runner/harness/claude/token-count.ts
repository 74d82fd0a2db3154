import type { StreamEvent } from './message.ts';

export type Tokens = {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
};

/** Sums the token counts in the streams of a turn, for the live display and for turns without a result. */
export class TokenCount {
  #total: Tokens = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

  get total(): Tokens | null {
    return Object.values(this.#total).some((count) => count > 0) ? this.#total : null;
  }

  /** The new total if the event changes it, otherwise null. */
  read({ type, message, usage }: StreamEvent): Tokens | null {
    if (type === 'message_start' && message?.usage) {
      const started = message.usage;
      this.#add({
        inputTokens: started.input_tokens ?? 0,
        cacheReadTokens: started.cache_read_input_tokens ?? 0,
        cacheWriteTokens: started.cache_creation_input_tokens ?? 0,
        // Always 1 at this point.
        outputTokens: 0,
      });
      return null;
    }
    if (type !== 'message_delta' || !usage) return null;
    this.#add({
      inputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: usage.output_tokens ?? 0,
    });
    return this.#total;
  }

  #add(tokens: Tokens): void {
    const total = this.#total;
    this.#total = {
      inputTokens: total.inputTokens + tokens.inputTokens,
      cacheReadTokens: total.cacheReadTokens + tokens.cacheReadTokens,
      cacheWriteTokens: total.cacheWriteTokens + tokens.cacheWriteTokens,
      outputTokens: total.outputTokens + tokens.outputTokens,
    };
  }
}
