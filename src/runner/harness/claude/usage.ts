import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TurnUsage } from '../harness.ts';
import type { TurnResult } from './message.ts';

/** What a session has used over all of its turns. */
const totals = z.object({
  costUsd: z.number(),
  inputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.number(),
});
export type Totals = z.infer<typeof totals>;

const nothing: Totals = {
  costUsd: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

/** What the session has used by the end of a turn, those of subagents included. */
export function totalsOf({ modelUsage, total_cost_usd: costUsd = 0 }: TurnResult): Totals {
  return Object.values(modelUsage).reduce<Totals>(
    (sum, model) => ({
      costUsd: sum.costUsd,
      inputTokens: sum.inputTokens + model.inputTokens,
      cacheReadTokens: sum.cacheReadTokens + model.cacheReadInputTokens,
      cacheWriteTokens: sum.cacheWriteTokens + model.cacheCreationInputTokens,
      outputTokens: sum.outputTokens + model.outputTokens,
      reasoningTokens: sum.reasoningTokens + model.thinkingTokens,
    }),
    { ...nothing, costUsd },
  );
}

/**
 * What a turn has used: the program counts a session on when it is resumed, so it is the difference. A session that
 * lost its count has begun to count again.
 */
export function usageBetween(before: Totals | null, after: Totals): TurnUsage {
  const base = before !== null && isBefore(before, after) ? before : nothing;
  const difference = (name: keyof Totals): number => after[name] - base[name];
  const parts = {
    inputTokens: difference('inputTokens'),
    cacheReadTokens: difference('cacheReadTokens'),
    cacheWriteTokens: difference('cacheWriteTokens'),
    outputTokens: difference('outputTokens'),
  };
  const totalTokens = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return {
    ...parts,
    reasoningTokens: difference('reasoningTokens'),
    totalTokens,
    ...(totalTokens === 0
      ? {}
      : { costUsd: rounded(difference('costUsd')), costSource: 'reported' as const }),
  };
}

const isBefore = (before: Totals, after: Totals): boolean =>
  before.costUsd <= after.costUsd && before.inputTokens <= after.inputTokens;

/** Differences of fractions have a tail of digits that mean nothing. */
const rounded = (usd: number): number => Math.round(usd * 1e9) / 1e9;

/** Where the count of a session stood at the end of its last turn. */
export class UsageFile {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'usage.json');
  }

  /** Null for a session that has no turn behind it, or whose file cannot be read. */
  async read(): Promise<Totals | null> {
    try {
      return totals.safeParse(JSON.parse(await readFile(this.#file, 'utf8'))).data ?? null;
    } catch {
      return null;
    }
  }

  async write(now: Totals): Promise<void> {
    await writeFile(this.#file, JSON.stringify(now), { mode: 0o600 });
  }
}
