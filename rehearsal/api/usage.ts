import { z } from 'zod';
import type { Rehearsal } from '../rehearsal.ts';
import { isTerminal, type RunRecord, type TokenUsage } from '../store/records.ts';
import { readQuery } from './input.ts';
import { agentOf, occasionOf } from './lookup.ts';
import { Refusal } from './refusal.ts';
import { type Handler, Routes } from './routes.ts';

const centsPerToken = {
  inputTokens: 0.0003,
  outputTokens: 0.0015,
  cacheWriteTokens: 0.000375,
  cacheReadTokens: 0.00003,
};
const centsCharged = 1.2;

export function usageRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal).add('GET', '/:agentId/usage', 'getUsage', getUsage(rehearsal));
}

/** Tokens and cost of an agent's runs. `cost` is absent until it is settled, which a fault can delay. */
function getUsage(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { store, faults, clock } = rehearsal;
    const agent = agentOf(rehearsal, context, 'getUsage');
    const { runId } = readQuery(context, { runId: z.string().min(1).optional() });
    const runs = store.runs
      .ofAgent(agent.id)
      .filter((run) => runId === undefined || run.id === runId);
    if (runs.length === 0) throw new Refusal('run_not_found', `Run ${runId} not found`);
    const lateMs = faults.takeOne('late-cost', occasionOf(agent, 'getUsage'))?.ms ?? 0;
    const isSettled = (run: RunRecord): boolean =>
      isTerminal(run.status) && clock.unscaledNow() >= (run.endedUnscaledMs ?? 0) + lateMs;
    const settled = runs.filter(isSettled);
    const total = runs.map(({ usage }) => usage).reduce(added, nothing);
    return context.json({
      totalUsage: withTotal(total),
      ...(settled.length === 0
        ? {}
        : { cost: costOf(settled.map(({ usage }) => usage).reduce(added, nothing)) }),
      runs: runs.map((run) => ({
        id: run.id,
        usageUuid: run.usageId,
        usage: withTotal(run.usage),
        ...(isSettled(run) ? { cost: costOf(run.usage) } : {}),
      })),
    });
  };
}

const nothing: TokenUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
};

const added = (sum: TokenUsage, usage: TokenUsage): TokenUsage => ({
  inputTokens: sum.inputTokens + usage.inputTokens,
  outputTokens: sum.outputTokens + usage.outputTokens,
  cacheWriteTokens: sum.cacheWriteTokens + usage.cacheWriteTokens,
  cacheReadTokens: sum.cacheReadTokens + usage.cacheReadTokens,
});

const withTotal = (usage: TokenUsage) => ({
  ...usage,
  totalTokens:
    usage.inputTokens + usage.outputTokens + usage.cacheWriteTokens + usage.cacheReadTokens,
});

function costOf(usage: TokenUsage) {
  const rawCostCents =
    usage.inputTokens * centsPerToken.inputTokens +
    usage.outputTokens * centsPerToken.outputTokens +
    usage.cacheWriteTokens * centsPerToken.cacheWriteTokens +
    usage.cacheReadTokens * centsPerToken.cacheReadTokens;
  return { rawCostCents, chargedCents: rawCostCents * centsCharged };
}
