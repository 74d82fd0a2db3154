import { branchesOf } from './branches.ts';
import { finalAgents, graphOf, topologicalOrder } from './graph.ts';
import type { AgentId, ConnectionId } from './ids.ts';
import { loopsOf, maxRoundsOf } from './loops.ts';
import { agentsIn } from './placement.ts';
import type { Workflow } from './schema.ts';

/** Upper bounds for one session of a workflow. Retries are not counted. */
export type Extent = {
  /** The sum over all agents. An agent is activated once in each round of the loops around it. */
  readonly activations: number;
  readonly activationsByAgent: ReadonlyMap<AgentId, number>;
  readonly loops: number;
  readonly conditions: number;
  readonly gates: number;
  readonly plans: number;
  /** Rounds of Loop & Enhance, with the planner at work between them; 1 if it is off. */
  readonly workflowRounds: number;
};

/** Each exclusive branch doubles the cases to check. With more branches, the result is still an upper bound, but less tight. */
const MAX_EXCLUSIVE_BRANCHES = 8;

export function extentOf(workflow: Workflow): Extent {
  const activationsByAgent = roundsByAgent(workflow);
  const workflowRounds = roundsOfWorkflow(workflow);
  const count = (flowType: string): number =>
    workflow.connections.filter((connection) => connection.flowType === flowType).length;
  return {
    activations: maxWeight(workflow, (id) => activationsByAgent.get(id) ?? 1) + workflowRounds - 1,
    activationsByAgent,
    loops: count('loop') + workflow.agents.filter(({ loop }) => loop !== undefined).length,
    conditions: count('conditional'),
    gates: count('approval-gate'),
    plans: workflow.agents.filter(({ planFirst }) => planFirst === true).length,
    workflowRounds,
  };
}

/**
 * The maximum number of pull requests of a session that opens any: one per repository and activation of an agent that opens
 * them. An agent that continues its conversation reuses its pull request, but it may have to start a new conversation.
 */
export function maxPullRequests(workflow: Workflow, repositories: number): number {
  const { pullRequests } = workflow.settings.cloud;
  const finals = new Set(finalAgents(graphOf(workflow)));
  const rounds = roundsByAgent(workflow);
  const openers = new Set(
    agentsIn('cloud', workflow)
      .map(({ id }) => id)
      .filter((id) => pullRequests === 'each-agent' || finals.has(id)),
  );
  return repositories * maxWeight(workflow, (id) => (openers.has(id) ? (rounds.get(id) ?? 1) : 0));
}

/** The planner's edits cannot change this number. */
const roundsOfWorkflow = ({ settings: { loopAndEnhance } }: Workflow): number =>
  loopAndEnhance.enabled ? loopAndEnhance.maxRounds : 1;

/** Rounds of nested loops and of the whole workflow multiply. */
function roundsByAgent(workflow: Workflow): Map<AgentId, number> {
  const whole = roundsOfWorkflow(workflow);
  const rounds = new Map(
    workflow.agents.map(({ id, loop }) => [
      id,
      whole * (loop === undefined ? 1 : maxRoundsOf(loop)),
    ]),
  );
  for (const { connection, body } of loopsOf(workflow).loops)
    for (const id of body) rounds.set(id, (rounds.get(id) ?? 1) * maxRoundsOf(connection));
  return rounds;
}

/** The maximum total weight of the agents that can be activated in one session. */
function maxWeight(workflow: Workflow, weightOf: (id: AgentId) => number): number {
  const sumWithout = (excluded: ReadonlySet<ConnectionId>): number =>
    reachableWithout(workflow, excluded).reduce((sum, id) => sum + weightOf(id), 0);
  const branches = exclusiveBranches(workflow).slice(0, MAX_EXCLUSIVE_BRANCHES);
  let max = 0;
  for (let choice = 0; choice < 2 ** branches.length; choice += 1) {
    const excluded = branches.flatMap((sides, index) => sides[(choice >> index) & 1] ?? []);
    max = Math.max(max, sumWithout(new Set(excluded)));
  }
  return max;
}

/**
 * The connections of both sides wherever *else* excludes conditions. In a loop, each round may take a different side, so
 * that nothing is excluded.
 */
function exclusiveBranches(workflow: Workflow): readonly (readonly (readonly ConnectionId[])[])[] {
  const inLoops = new Set(loopsOf(workflow).loops.flatMap(({ body }) => body));
  return [...branchesOf(workflow)].flatMap(([source, { conditions, otherwise }]) =>
    inLoops.has(source) || conditions.length === 0 || otherwise.length === 0
      ? []
      : [[conditions.map(({ id }) => id), otherwise.map(({ id }) => id)]],
  );
}

function reachableWithout(workflow: Workflow, excluded: ReadonlySet<ConnectionId>): AgentId[] {
  const known = new Set(workflow.agents.map(({ id }) => id));
  const incoming = Map.groupBy(
    workflow.connections.filter(
      ({ flowType, source, target }) =>
        flowType !== 'loop' && source !== target && known.has(source),
    ),
    ({ target }) => target,
  );
  const reached = new Set<AgentId>();
  for (const id of topologicalOrder(workflow)) {
    const edges = incoming.get(id) ?? [];
    const isReached = edges.some((edge) => !excluded.has(edge.id) && reached.has(edge.source));
    if (edges.length === 0 || isReached) reached.add(id);
  }
  return [...reached];
}
