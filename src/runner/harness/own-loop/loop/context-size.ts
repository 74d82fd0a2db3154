import type { ModelMessage } from 'ai';
import type { ModelAnswer } from '../model/ask-model.ts';
import type { ModelService } from '../model/connect-model.ts';
import type { Entry } from '../store/conversation.ts';
import { messagesOf } from '../store/conversation.ts';

const CHARACTERS_PER_TOKEN = 3.5;
/** Maximum factor by which an estimate is too high. */
const MAX_OVERESTIMATE = 1.5;
const TOKENS_OF_IMAGE = 1_600;
/**
 * The context of most models used here; if a conversation is longer, the request fails and the conversation is
 * summarized.
 */
const USUAL_CONTEXT_TOKENS = 128_000;
const CLAUDE_CONTEXT_TOKENS = 200_000;
const LONG_DATA = /^[A-Za-z0-9+/=]{2000,}$/;

/** The share of the context that may be filled before the conversation is summarized. */
export const COMPACTION_THRESHOLD = 0.8;

export async function contextTokensOf(
  service: ModelService,
  model: string,
  chosen: number | undefined,
): Promise<number> {
  if (chosen !== undefined && chosen > 0) return chosen;
  const reported = await service.contextTokensOf(model);
  return reported ?? (/claude/i.test(model) ? CLAUDE_CONTEXT_TOKENS : USUAL_CONTEXT_TOKENS);
}

/** An estimate: providers count tokens only for requests. */
export function estimateTokens(messages: readonly ModelMessage[]): number {
  let images = 0;
  const text = JSON.stringify(messages, (_, value: unknown) => {
    if (typeof value !== 'string' || !LONG_DATA.test(value)) return value;
    images += 1;
    return '';
  });
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN) + images * TOKENS_OF_IMAGE;
}

/** Estimates the size of the next request: the last count of the provider, and an estimate for newer messages. */
export class ContextSize {
  #lastCount: { readonly tokens: number; readonly entries: number } | null = null;

  recordCount({ tokens }: ModelAnswer, entries: number): void {
    if (tokens !== null) this.#lastCount = { tokens: tokens.totalTokens, entries };
  }

  reset(): void {
    this.#lastCount = null;
  }

  of(entries: readonly Entry[], instructions: string): number {
    const estimate =
      estimateTokens(messagesOf(entries)) + Math.ceil(instructions.length / CHARACTERS_PER_TOKEN);
    const lastCount = this.#lastCount;
    if (lastCount === null || lastCount.entries > entries.length) return estimate;
    // The answer itself is counted; only the results of its calls are new.
    const answer = entries[lastCount.entries - 1];
    const results = answer === undefined ? [] : messagesOf([answer]).slice(1);
    const newer = [...results, ...messagesOf(entries.slice(lastCount.entries))];
    // Some servers count only tokens that are not cached.
    return Math.max(lastCount.tokens + estimateTokens(newer), estimate / MAX_OVERESTIMATE);
  }
}
