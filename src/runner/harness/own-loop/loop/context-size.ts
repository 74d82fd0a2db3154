import type { ModelMessage } from 'ai';
import type { ModelAnswer } from '../model/ask-model.ts';
import type { ModelService } from '../model/connect-model.ts';
import type { Entry } from '../store/conversation.ts';
import { messagesOf } from '../store/conversation.ts';

const CHARACTERS_PER_TOKEN = 3.5;
/** By how much an estimate may be too high. */
const MOST_MISJUDGED = 1.5;
const TOKENS_OF_IMAGE = 1_600;
/** What most models have that people use for this; a longer conversation is refused, and then shortened. */
const USUAL_CONTEXT_TOKENS = 128_000;
const CLAUDE_CONTEXT_TOKENS = 200_000;
const LONG_DATA = /^[A-Za-z0-9+/=]{2000,}$/;

/** How much of the model's context may be filled before the conversation is summarized. */
export const FULL = 0.8;

export async function contextTokensOf(
  service: ModelService,
  model: string,
  chosen: number | undefined,
): Promise<number> {
  if (chosen !== undefined && chosen > 0) return chosen;
  const told = await service.contextTokensOf(model);
  return told ?? (/claude/i.test(model) ? CLAUDE_CONTEXT_TOKENS : USUAL_CONTEXT_TOKENS);
}

/** An estimate, as no service counts before it is asked. */
export function estimateTokens(messages: readonly ModelMessage[]): number {
  let images = 0;
  const text = JSON.stringify(messages, (_, value: unknown) => {
    if (typeof value !== 'string' || !LONG_DATA.test(value)) return value;
    images += 1;
    return '';
  });
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN) + images * TOKENS_OF_IMAGE;
}

/** What the next request will be: what the service has counted last, and what has come since. */
export class ContextSize {
  #counted: { readonly tokens: number; readonly entries: number } | null = null;

  note({ tokens }: ModelAnswer, entries: number): void {
    if (tokens !== null) this.#counted = { tokens: tokens.totalTokens, entries };
  }

  forget(): void {
    this.#counted = null;
  }

  of(entries: readonly Entry[], instructions: string): number {
    const estimate =
      estimateTokens(messagesOf(entries)) + Math.ceil(instructions.length / CHARACTERS_PER_TOKEN);
    const known = this.#counted;
    if (known === null || known.entries > entries.length) return estimate;
    // Of the entry that was the answer itself, only the results of its calls are new.
    const answer = entries[known.entries - 1];
    const results = answer === undefined ? [] : messagesOf([answer]).slice(1);
    const newer = [...results, ...messagesOf(entries.slice(known.entries))];
    // Some servers count only what they have not seen before.
    return Math.max(known.tokens + estimateTokens(newer), estimate / MOST_MISJUDGED);
  }
}
