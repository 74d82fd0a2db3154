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
 * The tokens of one turn. Codex reports totals of the whole thread, some of them repeatedly: the total before the turn
 * is the first one without its latest request.
 */
export class TokenCount {
  #before: Count | null = null;
  #total: Count | null = null;

  add({ total, last }: { readonly total: CodexTokens; readonly last: CodexTokens }): void {
    this.#before ??= difference(total, last);
    this.#total = difference(total, this.#before);
  }

  /** Codex includes cached tokens in the input; undefined if nothing was reported. */
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

type ReportedTokens = { readonly [Name in Field]?: number | undefined };

function difference(one: ReportedTokens, other: ReportedTokens): Count {
  const subtract = (field: Field) => (one[field] ?? 0) - (other[field] ?? 0);
  return {
    totalTokens: subtract('totalTokens'),
    inputTokens: subtract('inputTokens'),
    cachedInputTokens: subtract('cachedInputTokens'),
    cacheWriteInputTokens: subtract('cacheWriteInputTokens'),
    outputTokens: subtract('outputTokens'),
    reasoningOutputTokens: subtract('reasoningOutputTokens'),
  };
}
