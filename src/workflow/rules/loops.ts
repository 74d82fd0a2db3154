import { isBlank } from '../../lib/blank.ts';
import { capitalized } from '../../lib/format.ts';
import { agentName } from '../agent-name.ts';
import { cyclesOf } from '../cycles.ts';
import { graphOf, type WorkflowGraph } from '../graph.ts';
import type { AgentId } from '../ids.ts';
import { DEFAULT_ROUNDS, type Loop, loopBody, loopsOf, maxRoundsOf } from '../loops.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { Connection, Workflow } from '../schema.ts';
import { connectionName } from './names.ts';

/** A loop that has not ended by then probably never ends. */
export const MAX_ROUNDS = 100;
/** Rounds of nested loops multiply. */
const MAX_TOTAL_ROUNDS = 1_000;

/** Loops lead back, end, and are nested or disjoint. */
export function loopProblems(workflow: Workflow): Problem[] {
  const graph = graphOf(workflow);
  const indexes = new Map(workflow.connections.map((connection, index) => [connection, index]));
  const { loops, crossings } = loopsOf(workflow, graph);
  return [
    ...workflow.connections.flatMap((connection, index) =>
      connection.flowType === 'loop' ? oneLoop(connection, index, graph, workflow) : [],
    ),
    ...crossings.map(([one, other]) =>
      crossing(workflow, one, other, indexes.get(other.connection) ?? 0),
    ),
    ...(crossings.length === 0 ? waitingProblems(workflow, loops, indexes) : []),
    ...nestingProblems(workflow, loops, indexes),
    ...workflow.agents.flatMap(({ name, loop }, index) =>
      loop === undefined
        ? []
        : endProblems(
            {
              what: `The loop of "${name}"`,
              field: 'exitCondition',
              condition: loop.exitCondition,
              maxIterations: loop.maxIterations,
            },
            ['agents', index, 'loop'],
          ),
    ),
  ];
}

function oneLoop(
  connection: Connection,
  index: number,
  graph: WorkflowGraph,
  workflow: Workflow,
): Problem[] {
  const path = ['connections', index];
  const { source, target, loopCondition, expression, maxIterations } = connection;
  const problems = endProblems(
    {
      what: capitalized(connectionName(workflow, connection)),
      field: 'loopCondition',
      condition: loopCondition,
      expression,
      maxIterations,
    },
    path,
  );
  // Missing and identical ends are reported by `connectionProblems`.
  const hasValidEnds =
    source !== target && graph.upstream.has(source) && graph.upstream.has(target);
  if (!hasValidEnds || loopBody(graph, connection).length > 0) return problems;
  const [from, to] = [agentName(workflow, source), agentName(workflow, target)];
  const which = isBlank(connection.label)
    ? 'A loop'
    : capitalized(connectionName(workflow, connection));
  const notBack = problem(
    'error',
    'loop_not_back',
    path,
    `${which} leads from "${from}" to "${to}", which does not come before it, so nothing would be repeated.`,
    'Connect it back to an agent that comes before its source, or choose another flow type.',
  );
  return [notBack, ...problems];
}

type End = {
  readonly what: string;
  readonly field: string;
  readonly condition: string | undefined;
  readonly expression?: string | undefined;
  readonly maxIterations: number | undefined;
};

function endProblems(end: End, path: ProblemPath): Problem[] {
  const { what, field, condition, expression, maxIterations } = end;
  const problems: Problem[] = [];
  if (maxIterations !== undefined && maxIterations > MAX_ROUNDS)
    problems.push(tooManyRounds(what, maxIterations, [...path, 'maxIterations']));
  const hasTextCondition = !isBlank(condition);
  if (hasTextCondition && expression !== undefined)
    problems.push(
      problem(
        'warning',
        'condition_without_effect',
        [...path, field],
        `${what} has both a condition and an expression; only the expression is used.`,
        'Keep one of the two.',
      ),
    );
  if (hasTextCondition || expression !== undefined) return problems;
  const hasLimit = maxIterations !== undefined;
  problems.push(
    problem(
      hasLimit ? 'warning' : 'error',
      hasLimit ? 'loop_without_condition' : 'loop_without_exit',
      path,
      hasLimit
        ? `${what} has no exit condition, so it always runs all ${maxIterations} rounds.`
        : `${what} has neither an exit condition nor a maximum number of rounds.`,
      `Describe in "${field}" when the work is done${hasLimit ? '' : `, or set "maxIterations"; with a condition alone, there are at most ${DEFAULT_ROUNDS} rounds`}.`,
    ),
  );
  return problems;
}

export const tooManyRounds = (what: string, rounds: number, path: ProblemPath): Problem =>
  problem(
    'error',
    'too_many_rounds',
    path,
    `${what} asks for ${rounds.toLocaleString('en')} rounds; at most ${MAX_ROUNDS} are allowed.`,
    'Set a lower number, and an exit condition that ends it earlier.',
  );

function crossing(workflow: Workflow, one: Loop, other: Loop, index: number): Problem {
  const shared = new Set(one.body);
  const example = agentName(workflow, other.body.find((id) => shared.has(id)) ?? '');
  const names = `${connectionName(workflow, one.connection)} and ${connectionName(workflow, other.connection)}`;
  return problem(
    'error',
    'loops_cross',
    ['connections', index],
    `${capitalized(names)} overlap: both repeat agent "${example}", but neither contains the other.`,
    'Let one of them start and end inside the other, or separate them.',
  );
}

/**
 * A connection out of a loop waits until the loop ends. Two disjoint loops with connections in both directions would wait
 * for each other forever.
 */
function waitingProblems(
  workflow: Workflow,
  loops: readonly Loop[],
  indexes: ReadonlyMap<Connection, number>,
): Problem[] {
  const bodies = loops.map((loop) => ({ loop, body: new Set(loop.body) }));
  const forward = workflow.connections.filter(({ flowType }) => flowType !== 'loop');
  const ends = forward.flatMap(({ source, target }) =>
    bodies
      .filter(({ body }) => body.has(source) && !body.has(target))
      .map(({ loop }) => ({ source: loop.connection.source, target })),
  );
  const graph = graphOf({ agents: workflow.agents, connections: [...forward, ...ends] });
  const [cycle] = cyclesOf(graph);
  if (cycle === undefined || cyclesOf(graphOf(workflow)).length > 0) return [];
  const inCycle = loops.filter(({ body }) => body.some((id) => cycle.includes(id)));
  const names = inCycle.map(({ connection }) => connectionName(workflow, connection)).join(' and ');
  const last = inCycle.at(-1)?.connection;
  const index = last === undefined ? 0 : (indexes.get(last) ?? 0);
  return [
    problem(
      'error',
      'loops_wait_for_each_other',
      ['connections', index],
      `${capitalized(names)} would wait for each other: connections lead from each of them into the other, and connections out of a loop wait until it ends.`,
      'Put one loop around both, or remove the connections in one of the directions.',
    ),
  ];
}

function nestingProblems(
  workflow: Workflow,
  loops: readonly Loop[],
  indexes: ReadonlyMap<Connection, number>,
): Problem[] {
  /** Zero for loops that exceed the limit, so that it is not reported again for the loops inside. */
  const totalRounds = new Map<Loop | undefined, number>([[undefined, 1]]);
  const innermost = new Map<AgentId, Loop>();
  const problems: Problem[] = [];
  const nest = (outer: Loop | undefined, max: number, what: string, path: ProblemPath): number => {
    const rounds = (totalRounds.get(outer) ?? 1) * Math.min(max, MAX_ROUNDS);
    if (rounds <= MAX_TOTAL_ROUNDS) return rounds;
    problems.push(tooManyTotalRounds(what, rounds, path));
    return 0;
  };
  for (const loop of loops) {
    const { connection, body, parent } = loop;
    const path = ['connections', indexes.get(connection) ?? 0, 'maxIterations'];
    const what = capitalized(connectionName(workflow, connection));
    totalRounds.set(loop, nest(parent ?? undefined, maxRoundsOf(connection), what, path));
    for (const id of body) innermost.set(id, loop);
  }
  for (const [index, { id, name, loop }] of workflow.agents.entries())
    if (loop !== undefined) {
      const path = ['agents', index, 'loop', 'maxIterations'];
      nest(innermost.get(id), maxRoundsOf(loop), `The loop of "${name}"`, path);
    }
  return problems;
}

const tooManyTotalRounds = (what: string, rounds: number, path: ProblemPath): Problem =>
  problem(
    'error',
    'too_many_rounds',
    path,
    `${what} is nested in other loops, which allows ${rounds.toLocaleString('en')} rounds in total; at most ${MAX_TOTAL_ROUNDS.toLocaleString('en')} are allowed.`,
    'Lower "maxIterations" of one of these loops.',
  );
