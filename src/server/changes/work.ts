import type { Branch } from '../../session/events.ts';
import { agentName, latestAttempt, upstreamAgents } from '../../session/select.ts';
import type { AgentState, Attempt, SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';

/** The work of one agent in one repository, as recorded in the session. */
export type AgentWork = {
  readonly agent: AgentState;
  readonly name: string;
  readonly branch: string;
  /** Null until it is reported. */
  readonly commit: string | null;
  /** The commit that the agent started from. */
  readonly base: string | null;
  /** It does not build on the work of another agent. */
  readonly isFirst: boolean;
};

/** A repository in which agents of a session worked. */
export type RepositoryWork = {
  /** Its address, or its folder on this machine. */
  readonly repoUrl: string;
  readonly place: 'cloud' | 'local';
  readonly work: readonly AgentWork[];
};

/** The work of all agents, or of one, grouped by repository in order of first appearance. */
export function collectWork(state: SessionState, only: AgentState | null): RepositoryWork[] {
  const found = new Map<string, { repoUrl: string; place: 'cloud' | 'local'; work: AgentWork[] }>();
  // The work of the planner, and of agents that were removed from the workflow, is not part of the result.
  const present = state.agents.filter((agent) =>
    state.workflow.agents.some(({ id }) => id === agent.id),
  );
  for (const agent of only === null ? present : [only]) {
    const attempt = latestAttempt(agent);
    if (attempt === undefined) continue;
    for (const branch of attempt.branches) {
      const work = agentWork(state, agent, attempt, branch);
      if (work === null) continue;
      const key = keyOf(branch.repoUrl);
      const place = attempt.runtime === 'cursor-cloud' ? 'cloud' : 'local';
      const repository = found.get(key) ?? { repoUrl: branch.repoUrl, place, work: [] };
      repository.work.push(work);
      found.set(key, repository);
    }
  }
  return [...found.values()];
}

/** Folders are compared literally; equivalent addresses have the same key. */
const keyOf = repositoryKey;

function agentWork(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  { repoUrl, branch, commit }: Branch,
): AgentWork | null {
  if (branch === undefined) return null;
  const base = attempt.baseCommits?.find((one) => keyOf(one.repoUrl) === keyOf(repoUrl));
  const worksThere = (upstream: AgentState) =>
    latestAttempt(upstream)?.branches.some(
      (one) => one.branch !== undefined && keyOf(one.repoUrl) === keyOf(repoUrl),
    ) === true;
  return {
    agent,
    name: agentName(state, agent.id),
    branch,
    commit: commit ?? null,
    base: base?.commit ?? null,
    isFirst: !upstreamAgents(state, agent.id).some(worksThere),
  };
}
