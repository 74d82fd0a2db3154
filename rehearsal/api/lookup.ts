import type { Context } from 'hono';
import type { FaultPoint, Operation } from '../faults/fault.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { type AgentRecord, isTerminal, type RunRecord } from '../store/records.ts';
import { ApiError } from './api-error.ts';

/** Returns the agent that the path names. Throws `agent_not_found`, also for a deleted agent. */
export function agentOf(
  { store, faults }: Rehearsal,
  context: Context,
  operation: Operation,
): AgentRecord {
  const id = context.req.param('agentId') ?? '';
  const agent = store.agents.find(id);
  const isGone =
    agent !== undefined && faults.fireOne('gone', faultPointOf(agent, operation)) !== undefined;
  if (agent === undefined || agent.isDeleted || isGone) {
    throw new ApiError('agent_not_found', `Agent ${id} not found`);
  }
  return agent;
}

/** Returns the run that the path names. Throws `run_not_found` if it belongs to another agent. */
export function runOf({ store }: Rehearsal, context: Context, agent: AgentRecord): RunRecord {
  const id = context.req.param('runId') ?? '';
  const run = store.runs.find(id);
  if (run === undefined || run.agentId !== agent.id) {
    throw new ApiError('run_not_found', `Run ${id} not found`);
  }
  return run;
}

export const faultPointOf = (agent: AgentRecord, operation: Operation): FaultPoint => ({
  operation,
  agentId: agent.id,
  agentName: agent.name,
});

/** Returns the run of the agent that has not ended, if there is one. */
export function activeRunOf({ store }: Rehearsal, agent: AgentRecord): RunRecord | undefined {
  const latest = store.runs.find(agent.latestRunId);
  return latest !== undefined && !isTerminal(latest.status) ? latest : undefined;
}
