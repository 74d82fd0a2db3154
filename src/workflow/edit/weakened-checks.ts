import { agentName } from '../agent-name.ts';
import { type GraphConnection, graphOf, topologicalOrder, upstreamOf } from '../graph.ts';
import type { AgentId } from '../ids.ts';
import type { Agent, Connection, Workflow } from '../schema.ts';
import { verifiersOf } from '../verifiers.ts';
import {
  type ApprovalReason,
  aboutAgent,
  aboutConnection,
  type ProtectedAgents,
} from './approval-types.ts';
import { differencesOf } from './differences.ts';

/**
 * Edits after which a round could count as good without better work: a verifier is told something else, gets less to
 * check, or is not asked at all because a condition leads past it; the same for an agent that failed.
 */
export function weakenedChecks(
  before: Workflow,
  after: Workflow,
  { failed, verifiers }: ProtectedAgents,
): ApprovalReason[] {
  const asked = new Set<string>(verifiersOf(after).map(({ id }) => id));
  const kept = after.agents.filter(({ id }) => before.agents.some((agent) => agent.id === id));
  const verifying = kept.filter(({ id }) => verifiers.has(id));
  const checked = kept.filter(({ id }) => verifiers.has(id) || failed.has(id));
  return [
    ...changedVerifiers(
      before,
      after,
      verifying.filter(({ id }) => asked.has(id)),
    ),
    ...verifying.flatMap((agent) => changedInput(before, after, agent)),
    ...checked.flatMap((agent) => changedConditions(before, after, agent)),
  ];
}

/** A name decides nothing; a plan that is proposed first only adds a person. */
const harmless: ReadonlySet<string> = new Set(['name', 'planFirst']);

function changedVerifiers(
  before: Workflow,
  after: Workflow,
  verifying: readonly Agent[],
): ApprovalReason[] {
  const changed = new Set(
    differencesOf(before, after)
      .filter(({ subject, fields }) => {
        return subject === 'agent' && fields.some(({ field }) => !harmless.has(field));
      })
      .map(({ id }) => id),
  );
  return verifying
    .filter(({ id }) => changed.has(id))
    .map(({ id, name }) => aboutAgent(id, `It changes how "${name}" verifies the work.`));
}

/** What an agent gets to read of another one. */
const contents = ({ handoffFormat, handoffSchema, dataDescription }: Connection): string =>
  JSON.stringify([handoffFormat, handoffSchema ?? null, dataDescription ?? '']);

function changedInput(
  { connections, agents }: Workflow,
  after: Workflow,
  { id: target, name }: Agent,
): ApprovalReason[] {
  return into(connections, target).flatMap((connection) => {
    const { id, source } = connection;
    const from = `"${name}" gets from "${agentName({ agents }, source)}"`;
    const now = into(after.connections, target).filter((one) => one.source === source);
    if (now[0] === undefined) return aboutConnection(id, `It takes away what ${from} to verify.`);
    const isKept = now.some((one) => contents(one) === contents(connection));
    return isKept ? [] : aboutConnection(now[0].id, `It changes what ${from} to verify.`);
  });
}

function changedConditions(
  before: Workflow,
  after: Workflow,
  { id, name }: Agent,
): ApprovalReason[] {
  const now = conditionsBefore(after, id);
  const known = new Map(before.connections.filter(isCondition).map((one) => [one.id, one]));
  const changed = [...now.values()].filter((one) => !isSameCondition(known.get(one.id), one));
  if (alwaysReached(before).has(id)) {
    if (alwaysReached(after).has(id)) return [];
    const text = `"${name}" would run only under a condition.`;
    return [changed[0] === undefined ? aboutAgent(id, text) : aboutConnection(changed[0].id, text)];
  }
  const gone = [...conditionsBefore(before, id).values()].filter((one) => !now.has(one.id));
  return [...changed, ...gone].map((connection) =>
    aboutConnection(connection.id, `It changes on which condition "${name}" runs.`),
  );
}

/** Agents that are reached whatever is decided; if an agent on the way fails, that is a failure by itself. */
function alwaysReached(workflow: Workflow): ReadonlySet<AgentId> {
  const reached = new Set<AgentId>();
  for (const id of topologicalOrder(workflow)) {
    const incoming = into(workflow.connections, id);
    const isCertain = incoming.some(
      ({ flowType, source }) => flowType !== 'conditional' && reached.has(source),
    );
    if (incoming.length === 0 || isCertain) reached.add(id);
  }
  return reached;
}

/** The conditions that decide whether an agent is reached; of each branching all of them, because of its else. */
function conditionsBefore(workflow: Workflow, id: AgentId): ReadonlyMap<string, Connection> {
  const graph = graphOf(workflow);
  const way = new Set<AgentId>([id]);
  for (const one of way) for (const source of upstreamOf(graph, one)) way.add(source);
  const branching = new Set(
    workflow.connections.filter((one) => isCondition(one) && way.has(one.target)).map(sourceOf),
  );
  return new Map(
    workflow.connections
      .filter((one) => isCondition(one) && branching.has(one.source))
      .map((one) => [one.id, one]),
  );
}

const isCondition = ({ flowType }: GraphConnection): boolean => flowType === 'conditional';
const sourceOf = ({ source }: Connection): AgentId => source;

function isSameCondition(one: Connection | undefined, other: Connection): boolean {
  return (
    one !== undefined &&
    one.condition === other.condition &&
    one.expression === other.expression &&
    (one.isElse ?? false) === (other.isElse ?? false)
  );
}

const into = (connections: readonly Connection[], target: AgentId): Connection[] =>
  connections.filter((one) => one.target === target && one.flowType !== 'loop');
