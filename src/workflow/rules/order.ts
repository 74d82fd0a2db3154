import { cyclesOf } from '../cycles.ts';
import { ancestorsOf, graphOf } from '../graph.ts';
import type { AgentId } from '../ids.ts';
import { fileNames, withInferredConnections } from '../inferred-connections.ts';
import { type Problem, problem } from '../problem.ts';
import type { Agent, Workflow } from '../schema.ts';

/** Connections have no cycles, and agents do not write the same file at the same time. */
export function orderProblems(workflow: Workflow): Problem[] {
  const inferred = withInferredConnections(workflow);
  return [...cycleProblems(workflow), ...inferred.problems, ...outputConflicts(inferred.workflow)];
}

function cycleProblems(workflow: Workflow): Problem[] {
  const names = new Map(workflow.agents.map((agent) => [agent.id, agent.name]));
  return cyclesOf(graphOf(workflow)).map((cycle) => {
    const last = cycle.at(-1);
    const closing = workflow.connections.findIndex(
      ({ source, target }) => source === last && target === cycle[0],
    );
    const closed = [...cycle, ...cycle.slice(0, 1)].map((id) => names.get(id) ?? id);
    return problem(
      'error',
      'connection_cycle',
      closing === -1 ? ['connections'] : ['connections', closing],
      `These agents wait for each other in a cycle: ${closed.join(' -> ')}.`,
      'Remove one of these connections, or set the "flowType" of the one that leads back to "loop".',
    );
  });
}

/** Two agents conflict if neither waits for the other, even if they are in different waves. */
function outputConflicts(workflow: Workflow): Problem[] {
  const ancestors = ancestorsOf(graphOf(workflow));
  const isOrdered = (one: AgentId, other: AgentId) =>
    one === other || ancestors.get(one)?.has(other) || ancestors.get(other)?.has(one);
  const found: Problem[] = [];
  const writers = new Map<string, Agent[]>();
  for (const [index, agent] of workflow.agents.entries())
    for (const file of fileNames(agent.outputFiles)) {
      const earlier = writers.get(file) ?? [];
      const rival = earlier.find((other) => !isOrdered(agent.id, other.id));
      if (rival) found.push(outputConflict(rival, agent, index, file));
      writers.set(file, [...earlier, agent]);
    }
  return found;
}

function outputConflict(rival: Agent, agent: Agent, index: number, file: string): Problem {
  return problem(
    'warning',
    'output_file_conflict',
    ['agents', index, 'outputFiles'],
    `"${rival.name}" and "${agent.name}" may write ${file} at the same time.`,
    'Connect them so that one runs after the other, or give them different files.',
  );
}
