import { branchesOf } from './branches.ts';
import { finalAgents, graphOf, topologicalOrder } from './graph.ts';
import type { AgentId, ConnectionId } from './ids.ts';
import { loopsOf, maxRoundsOf } from './loops.ts';
import { agentsIn } from './placement.ts';
import type { Workflow } from './schema.ts';

/** How much can happen at most in one session of a workflow. Attempts that are retried are not counted. */
export type Extent = {
  /** Of all agents together, where an agent is activated once in each round of the loops around it. */
  readonly activations: number;
  readonly activationsByAgent: ReadonlyMap<AgentId, number>;
  readonly loops: number;
  readonly conditions: number;
  readonly gates: number;
  readonly plans: number;
  /** Of Loop & Enhance; 1 without it. The planner works between two of them. */
  readonly workflowRounds: number;
};

/** Every further one doubles the ways to look at; with more of them the count stays an upper limit, only not the lowest. */
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
 * How many pull requests a session can open at most when it opens any: one for each repository and each activation of an
 * agent that opens them. An agent that continues in its conversation keeps its pull request, but it may have to start a new one.
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

/** Edits of the planner can change the rest of what is counted here, and never this. */
const roundsOfWorkflow = ({ settings: { loopAndEnhance } }: Workflow): number =>
  loopAndEnhance.enabled ? loopAndEnhance.maxRounds : 1;

/** Loops in loops multiply, and so do the rounds of the whole workflow. */
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

/** The most that the agents which can be reached in one session come to. */
function maxWeight(workflow: Workflow, weightOf: (id: AgentId) => number): number {
  const sumWithout = (excluded: ReadonlySet<ConnectionId>): number =>
    reachableWithout(workflow, excluded).reduce((sum, id) => sum + weightOf(id), 0);
  const either = exclusiveBranches(workflow).slice(0, MAX_EXCLUSIVE_BRANCHES);
  let most = 0;
  for (let choice = 0; choice < 2 ** either.length; choice += 1) {
    const excluded = either.flatMap((sides, place) => sides[(choice >> place) & 1] ?? []);
    most = Math.max(most, sumWithout(new Set(excluded)));
  }
  return most;
}

/**
 * Where *else* excludes its conditions: the connections of each side. In a loop another side may be taken in each round,
 * so nothing is excluded there.
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
    const isReached = edges.some((way) => !excluded.has(way.id) && reached.has(way.source));
    if (edges.length === 0 || isReached) reached.add(id);
  }
  return [...reached];
}
