import { branchesOf } from '../agent/branches.ts';
import { type AgentRecord, isTerminal, type RunRecord } from '../store/records.ts';

const isoTime = (atMs: number): string => new Date(atMs).toISOString();

/** What the JSON of an agent depends on besides its record. */
type AgentView = { readonly isActive: boolean; readonly origin: string };

/** An agent as in lists: without repositories, options and subagents. */
export function agentSummary(agent: AgentRecord, { isActive, origin }: AgentView) {
  return {
    id: agent.id,
    name: agent.name,
    status: agent.isArchived ? 'ARCHIVED' : isActive ? 'ACTIVE' : 'IDLE',
    env: agent.env,
    url: `${origin}/agents/${agent.id}`,
    createdAt: isoTime(agent.createdAtMs),
    updatedAt: isoTime(agent.updatedAtMs),
    latestRunId: agent.latestRunId,
    ...(agent.openAsCursorGithubApp === undefined
      ? {}
      : { openAsCursorGithubApp: agent.openAsCursorGithubApp }),
    ...(agent.metadata === undefined ? {} : { metadata: agent.metadata }),
  };
}

export function agentDetail(agent: AgentRecord, view: AgentView) {
  return {
    ...agentSummary(agent, view),
    repos: agent.repositories.map(({ url, startingRef, prUrl }) => ({
      url,
      ...(startingRef === undefined ? {} : { startingRef }),
      ...(prUrl === undefined ? {} : { prUrl }),
    })),
    workOnCurrentBranch: agent.workOnCurrentBranch,
    autoCreatePR: agent.autoCreatePR,
    skipReviewerRequest: agent.skipReviewerRequest,
    ...(agent.customSubagents === undefined ? {} : { customSubagents: agent.customSubagents }),
  };
}

/** A run as in lists: without result and duration. */
export function runSummary(run: RunRecord, agent: AgentRecord, origin: string) {
  const branches = branchesOf(agent, origin);
  return {
    id: run.id,
    agentId: run.agentId,
    status: run.status,
    createdAt: isoTime(run.createdAtMs),
    updatedAt: isoTime(run.updatedAtMs),
    ...(branches.length === 0 ? {} : { git: { branches } }),
  };
}

export function runDetail(run: RunRecord, agent: AgentRecord, origin: string) {
  const isOver = isTerminal(run.status) && run.endedAtMs !== undefined;
  return {
    ...runSummary(run, agent, origin),
    ...(isOver ? { durationMs: Number(run.endedAtMs) - run.createdAtMs } : {}),
    ...(run.result === undefined ? {} : { result: run.result }),
  };
}
