import type { Branch } from '../../session/events.ts';
import { agentName, latestAttempt, upstreamAgents } from '../../session/select.ts';
import type { AgentState, Attempt, SessionState } from '../../session/state.ts';
import { repositoryKey } from '../../workflow/repository-url.ts';

/** The work of one agent in one repository, as far as the session knows it. */
export type AgentWork = {
  readonly agent: AgentState;
  readonly name: string;
  readonly branch: string;
  /** Null while nobody has told it. */
  readonly commit: string | null;
  /** Where the agent started. */
  readonly base: string | null;
  /** Nothing of an earlier agent is below it. */
  readonly isFirst: boolean;
};

/** One repository in which agents of a session worked. */
export type RepositoryWork = {
  /** Its address, or its folder on this machine. */
  readonly repoUrl: string;
  readonly place: 'cloud' | 'local';
  readonly work: readonly AgentWork[];
};

/** Who worked where: of all agents, or of one. In the order in which the session names the repositories. */
export function collectWork(state: SessionState, only: AgentState | null): RepositoryWork[] {
  const found = new Map<string, { repoUrl: string; place: 'cloud' | 'local'; work: AgentWork[] }>();
  // What the planner, and those who were taken out of the workflow, did is no part of the result.
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

/** Folders are compared as they are, addresses by what they mean. */
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
