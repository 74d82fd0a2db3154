import { repositoryKey } from '../repository-url.ts';
import type { Workflow } from '../schema.ts';
import { verifiersOf } from '../verifiers.ts';

/** Agents that a round is about: to remove one of them would hide what it was to fix. */
export type ProtectedAgents = {
  readonly failed: ReadonlySet<string>;
  readonly verifiers: ReadonlySet<string>;
};

/**
 * Why edits are not carried out before a person has approved them, in one sentence each. What a person has put between
 * the agents and the world stays where it is unless a person takes it away.
 */
export function reasonsForApproval(
  before: Workflow,
  after: Workflow,
  protectedAgents: ProtectedAgents,
): string[] {
  return [
    ...addedRepositories(before, after),
    ...removedAgents(before, after, protectedAgents),
    ...demotedVerifiers(after, protectedAgents),
    ...removedApprovals(before, after),
  ];
}

function addedRepositories(before: Workflow, after: Workflow): string[] {
  const known = new Set(before.settings.cloud.repos.map(({ url }) => repositoryKey(url)));
  return after.settings.cloud.repos
    .filter(({ url }) => !known.has(repositoryKey(url)))
    .map(({ url }) => `It adds the repository ${url}.`);
}

function removedAgents(
  before: Workflow,
  after: Workflow,
  { failed, verifiers }: ProtectedAgents,
): string[] {
  const kept = new Set<string>(after.agents.map(({ id }) => id));
  const removed = before.agents.filter(({ id }) => !kept.has(id));
  if (removed.length > 0 && removed.length === before.agents.length)
    return ['It removes every agent of the workflow.'];
  return removed.flatMap(({ id, name }) => {
    if (failed.has(id)) return [`It removes "${name}", which was not successful.`];
    return verifiers.has(id) ? [`It removes "${name}", which verifies the work.`] : [];
  });
}

/** By another role an agent would no longer be asked for its verdict, which is as good as removing it. */
function demotedVerifiers(after: Workflow, { verifiers }: ProtectedAgents): string[] {
  const asked = new Set<string>(verifiersOf(after).map(({ id }) => id));
  return after.agents
    .filter(({ id }) => verifiers.has(id) && !asked.has(id))
    .map(({ name }) => `"${name}" would no longer verify the work.`);
}

function removedApprovals(before: Workflow, after: Workflow): string[] {
  const gates = new Map(after.connections.map(({ id, flowType }) => [id, flowType]));
  const found = before.connections
    .filter(({ id, flowType }) => flowType === 'approval-gate' && gates.get(id) !== 'approval-gate')
    .map(({ id }) => `It removes the approval gate "${id}".`);
  for (const { id, name, planFirst } of before.agents) {
    const kept = after.agents.find((agent) => agent.id === id);
    if (planFirst === true && kept !== undefined && kept.planFirst !== true)
      found.push(`"${name}" would no longer propose a plan first.`);
  }
  return found;
}
