import { repositoryKey } from '../repository-url.ts';
import type { Workflow } from '../schema.ts';
import { verifiersOf } from '../verifiers.ts';
import {
  type ApprovalReason,
  aboutAgent,
  aboutConnection,
  type ProtectedAgents,
} from './approval-types.ts';
import { weakenedChecks } from './weakened-checks.ts';

/**
 * Why edits are not carried out before a person has approved them. What a person has put between the agents and the
 * world stays where it is unless a person takes it away, and so does what decides whether a round was good.
 */
export function reasonsForApproval(
  before: Workflow,
  after: Workflow,
  protectedAgents: ProtectedAgents,
): ApprovalReason[] {
  return [
    ...addedRepositories(before, after),
    ...removedAgents(before, after, protectedAgents),
    ...demotedVerifiers(after, protectedAgents),
    ...weakenedChecks(before, after, protectedAgents),
    ...removedApprovals(before, after),
  ];
}

function addedRepositories(before: Workflow, after: Workflow): ApprovalReason[] {
  const known = new Set(before.settings.cloud.repos.map(({ url }) => repositoryKey(url)));
  return after.settings.cloud.repos
    .filter(({ url }) => !known.has(repositoryKey(url)))
    .map(({ url }) => ({
      text: `It adds the repository ${url}.`,
      part: { subject: 'repository', id: repositoryKey(url) },
    }));
}

function removedAgents(
  before: Workflow,
  after: Workflow,
  { failed, verifiers }: ProtectedAgents,
): ApprovalReason[] {
  const kept = new Set<string>(after.agents.map(({ id }) => id));
  const removed = before.agents.filter(({ id }) => !kept.has(id));
  if (removed.length > 0 && removed.length === before.agents.length)
    return [{ text: 'It removes every agent of the workflow.', part: null }];
  return removed.flatMap(({ id, name }) => {
    if (failed.has(id)) return aboutAgent(id, `It removes "${name}", which was not successful.`);
    return verifiers.has(id)
      ? aboutAgent(id, `It removes "${name}", which verifies the work.`)
      : [];
  });
}

/** By another role an agent would no longer be asked for its verdict, which is as good as removing it. */
function demotedVerifiers(after: Workflow, { verifiers }: ProtectedAgents): ApprovalReason[] {
  const asked = new Set<string>(verifiersOf(after).map(({ id }) => id));
  return after.agents
    .filter(({ id }) => verifiers.has(id) && !asked.has(id))
    .map(({ id, name }) => aboutAgent(id, `"${name}" would no longer verify the work.`));
}

function removedApprovals(before: Workflow, after: Workflow): ApprovalReason[] {
  const gates = new Map(after.connections.map(({ id, flowType }) => [id, flowType]));
  const found: ApprovalReason[] = before.connections
    .filter(({ id, flowType }) => flowType === 'approval-gate' && gates.get(id) !== 'approval-gate')
    .map(({ id }) => aboutConnection(id, `It removes the approval gate "${id}".`));
  for (const { id, name, planFirst } of before.agents) {
    const kept = after.agents.find((agent) => agent.id === id);
    if (planFirst === true && kept !== undefined && kept.planFirst !== true)
      found.push(aboutAgent(id, `"${name}" would no longer propose a plan first.`));
  }
  return found;
}
