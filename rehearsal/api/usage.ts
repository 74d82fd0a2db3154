import type { Context } from 'hono';
import { z } from 'zod';
import type { Rehearsal } from '../rehearsal.ts';
import { isTerminal, type TokenUsage } from '../store/records.ts';
import { ApiError } from './api-error.ts';
import { readQuery } from './input.ts';
import { agentOf } from './lookup.ts';
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

/** A cloud run, or a turn of the SDK's local mode. */
type BilledTurn = {
  readonly id: string;
  readonly usageUuid: string;
  readonly usage: TokenUsage;
  readonly isOver: boolean;
  readonly endedUnscaledMs: number;
};

/** Tokens and cost of an agent's runs. `cost` is absent until the run has ended; a fault can delay it further. */
function getUsage(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { faults, clock } = rehearsal;
    const agentId = context.req.param('agentId') ?? '';
    const isLocal = agentId.startsWith('agent-');
    const all = isLocal ? turnsOf(rehearsal, agentId) : runsOf(rehearsal, context);
    const { runId } = readQuery(context, { runId: z.string().min(1).optional() });
    const runs = all.filter(({ id }) => runId === undefined || id === runId);
    if (runs.length === 0) throw new ApiError('run_not_found', `Run ${runId} not found`);
    const agentName = rehearsal.store.agents.find(agentId)?.name ?? '';
    const faultPoint = { operation: 'getUsage', agentId, agentName } as const;
    const lateMs = faults.fireOne('late-cost', faultPoint)?.ms ?? 0;
    const isSettled = ({ isOver, endedUnscaledMs }: BilledTurn): boolean =>
      isOver && clock.unscaledNow() >= endedUnscaledMs + lateMs;
    const settled = runs.filter(isSettled);
    const total = runs.map(({ usage }) => usage).reduce(addUsage, noUsage);
    return context.json({
      totalUsage: withTotal(total),
      ...(settled.length === 0
        ? {}
        : { cost: costOf(settled.map(({ usage }) => usage).reduce(addUsage, noUsage)) }),
      runs: runs.map((run) => ({
        id: run.id,
        usageUuid: run.usageUuid,
        usage: withTotal(run.usage),
        ...(isSettled(run) ? { cost: costOf(run.usage) } : {}),
      })),
    });
  };
}

function runsOf(rehearsal: Rehearsal, context: Context): readonly BilledTurn[] {
  const agent = agentOf(rehearsal, context, 'getUsage');
  return rehearsal.store.runs.ofAgent(agent.id).map((run) => ({
    id: run.id,
    usageUuid: run.usageId,
    usage: run.usage,
    isOver: isTerminal(run.status),
    endedUnscaledMs: run.endedUnscaledMs ?? 0,
  }));
}

/** Turns are identified by the client's request id: the SDK's own run ids are not sent to the service. */
function turnsOf({ store }: Rehearsal, agentId: string): readonly BilledTurn[] {
  const turns = store.localTurns.ofAgent(agentId);
  if (turns.length === 0) throw new ApiError('agent_not_found', `Agent ${agentId} not found`);
  return turns.map((turn) => ({
    id: turn.runId,
    usageUuid: turn.usageId,
    usage: turn.usage,
    isOver: turn.status !== 'RUNNING',
    endedUnscaledMs: turn.endedUnscaledMs ?? 0,
  }));
}

const noUsage: TokenUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
};

const addUsage = (sum: TokenUsage, usage: TokenUsage): TokenUsage => ({
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
