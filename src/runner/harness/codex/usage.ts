import type { TurnUsage } from '../harness.ts';
import type { CodexTokens } from './wire.ts';

type Field =
  | 'totalTokens'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteInputTokens'
  | 'outputTokens'
  | 'reasoningOutputTokens';
type Count = Record<Field, number>;

/**
 * The tokens of one turn. Codex counts those of the whole thread, and tells the same count more than once: what came
 * before the turn is what is left of the first count without its newest request.
 */
export class TokenCount {
  #before: Count | null = null;
  #total: Count | null = null;

  add({ total, last }: { readonly total: CodexTokens; readonly last: CodexTokens }): void {
    this.#before ??= difference(total, last);
    this.#total = difference(total, this.#before);
  }

  /** Codex counts cached tokens among the input; absent while nothing was told. */
  get usage(): TurnUsage | undefined {
    if (this.#total === null) return undefined;
    const count = this.#total;
    const { cachedInputTokens: cacheReadTokens, cacheWriteInputTokens: cacheWriteTokens } = count;
    return {
      inputTokens: Math.max(0, count.inputTokens - cacheReadTokens - cacheWriteTokens),
      cacheReadTokens,
      cacheWriteTokens,
      outputTokens: count.outputTokens,
      reasoningTokens: count.reasoningOutputTokens,
      totalTokens: count.totalTokens,
    };
  }
}

type Told = { readonly [Name in Field]?: number | undefined };

function difference(one: Told, other: Told): Count {
  const of = (field: Field) => (one[field] ?? 0) - (other[field] ?? 0);
  return {
    totalTokens: of('totalTokens'),
    inputTokens: of('inputTokens'),
    cachedInputTokens: of('cachedInputTokens'),
    cacheWriteInputTokens: of('cacheWriteInputTokens'),
    outputTokens: of('outputTokens'),
    reasoningOutputTokens: of('reasoningOutputTokens'),
  };
}
