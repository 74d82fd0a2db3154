import type { StreamEvent } from './message.ts';

export type Tokens = {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
};

/** Adds up what the streams of a turn say, for who watches and for turns that never get to their result. */
export class TokenCount {
  #total: Tokens = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

  get total(): Tokens | null {
    return Object.values(this.#total).some((count) => count > 0) ? this.#total : null;
  }

  /** The total so far when the event changes it, otherwise null. */
  read({ type, message, usage }: StreamEvent): Tokens | null {
    if (type === 'message_start' && message?.usage) {
      const begun = message.usage;
      this.#add({
        inputTokens: begun.input_tokens ?? 0,
        cacheReadTokens: begun.cache_read_input_tokens ?? 0,
        cacheWriteTokens: begun.cache_creation_input_tokens ?? 0,
        // It says 1 here, whatever comes.
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

  #add(more: Tokens): void {
    const total = this.#total;
    this.#total = {
      inputTokens: total.inputTokens + more.inputTokens,
      cacheReadTokens: total.cacheReadTokens + more.cacheReadTokens,
      cacheWriteTokens: total.cacheWriteTokens + more.cacheWriteTokens,
      outputTokens: total.outputTokens + more.outputTokens,
    };
  }
}
