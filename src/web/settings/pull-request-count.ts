import { finalAgents, graphOf } from '../../workflow/graph.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** How many pull requests a run could open: one for each agent that opens any, in each repository. */
export function pullRequestCount(workflow: Workflow): number {
  const { repos, pullRequests } = workflow.settings.cloud;
  const agents =
    pullRequests === 'each-agent' ? workflow.agents.length : finalAgents(graphOf(workflow)).length;
  return agents * repos.length;
}
