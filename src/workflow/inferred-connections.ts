import { agentName } from './agent-name.ts';
import { cyclesOf } from './cycles.ts';
import { ancestorsOf, graphOf, type WorkflowGraph } from './graph.ts';
import { type AgentId, connectionId } from './ids.ts';
import { MAX_CONNECTIONS } from './limits.ts';
import { loopBody, loopConnections } from './loops.ts';
import { type Problem, problem } from './problem.ts';
import type { Agent, Connection, Workflow } from './schema.ts';

type FileDependency = {
  readonly writer: Agent;
  readonly reader: Agent;
  readonly readerIndex: number;
  readonly files: string[];
};

/**
 * Adds a connection wherever an agent reads a file that another one writes and does not wait for it yet. Each added
 * connection is reported as a notice. A dependency that contradicts the drawn order is an error and adds nothing.
 */
export function withInferredConnections(workflow: Workflow): {
  workflow: Workflow;
  problems: Problem[];
} {
  const graph = graphOf(workflow);
  const ancestors = ancestorsOf(graph);
  const bodies = bodiesOf(workflow, graph);
  const problems: Problem[] = [];
  const missing: FileDependency[] = [];
  for (const dependency of fileDependencies(workflow.agents)) {
    const { writer, reader } = dependency;
    if (ancestors.get(reader.id)?.has(writer.id)) continue;
    if (!ancestors.get(writer.id)?.has(reader.id)) missing.push(dependency);
    // No contradiction if the reader also writes the file, because it only works on it first. In a loop, an agent may
    // read what a later one wrote in the previous round.
    else if (
      !isOwnFile(dependency) &&
      !bodies.some((body) => body.has(writer.id) && body.has(reader.id))
    )
      problems.push(contradiction(dependency));
  }
  if (workflow.connections.length + missing.length > MAX_CONNECTIONS)
    return { workflow, problems: [...problems, tooManyInferred(missing.length)] };
  const connections = [...workflow.connections, ...missing.map(inferredConnection)];
  const [cycle] = cyclesOf(graphOf({ agents: workflow.agents, connections }));
  const hasDrawnCycle = cyclesOf(graphOf(workflow)).length > 0;
  if (hasDrawnCycle) return { workflow, problems };
  if (cycle) return { workflow, problems: [...problems, fileCycle(workflow, cycle, missing)] };
  problems.push(...missing.map(inferenceNotice));
  return { workflow: missing.length === 0 ? workflow : { ...workflow, connections }, problems };
}

function bodiesOf(workflow: Workflow, graph: WorkflowGraph): ReadonlySet<AgentId>[] {
  return loopConnections(workflow).map((connection) => new Set(loopBody(graph, connection)));
}

/** Agents that read files that others write. If both edit a file, it does not determine their order. */
function fileDependencies(agents: readonly Agent[]): FileDependency[] {
  const reads = new Map(agents.map((agent) => [agent, new Set(fileNames(agent.inputFiles))]));
  const writes = new Map(agents.map((agent) => [agent, new Set(fileNames(agent.outputFiles))]));
  const edits = (agent: Agent, file: string) =>
    reads.get(agent)?.has(file) === true && writes.get(agent)?.has(file) === true;
  const writers = new Map<string, Agent[]>();
  for (const [agent, files] of writes)
    for (const file of files) {
      const others = writers.get(file);
      if (others === undefined) writers.set(file, [agent]);
      else others.push(agent);
    }

  return agents.flatMap((reader, readerIndex) => {
    const byWriter = new Map<AgentId, FileDependency>();
    for (const file of reads.get(reader) ?? [])
      for (const writer of writers.get(file) ?? []) {
        if (writer.id === reader.id || (edits(writer, file) && edits(reader, file))) continue;
        const known = byWriter.get(writer.id);
        if (known) known.files.push(file);
        else byWriter.set(writer.id, { writer, reader, readerIndex, files: [file] });
      }
    return [...byWriter.values()];
  });
}

/** Declared files, normalized and without duplicates: `./docs\plan.md` and `docs/plan.md` are the same file. */
export function fileNames(declared: readonly string[]): string[] {
  const names = declared.map((file) =>
    file
      .trim()
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, ''),
  );
  return [...new Set(names)].filter((name) => name !== '');
}

function isOwnFile({ reader, files }: FileDependency): boolean {
  const own = new Set(fileNames(reader.outputFiles));
  return files.every((file) => own.has(file));
}

function tooManyInferred(count: number): Problem {
  return problem(
    'error',
    'too_many_connections',
    ['agents'],
    `The declared files add ${count.toLocaleString('en')} connections to those that are drawn; Cerevisor allows at most ${MAX_CONNECTIONS.toLocaleString('en')} in total.`,
    'Declare only the files that agents pass on to each other.',
  );
}

function inferredConnection({ writer, reader, files }: FileDependency): Connection {
  return {
    id: connectionId(`inferred:${writer.id}->${reader.id}`),
    source: writer.id,
    target: reader.id,
    flowType: 'always',
    handoffFormat: 'file-reference',
    dataDescription: `Files: ${files.join(', ')}`,
  };
}

function inferenceNotice({ writer, reader, readerIndex, files }: FileDependency): Problem {
  return problem(
    'notice',
    'connection_inferred',
    ['agents', readerIndex, 'inputFiles'],
    `"${reader.name}" waits for "${writer.name}", because it reads ${files.join(', ')}.`,
    'Draw the connection to choose what is passed on.',
  );
}

function contradiction({ writer, reader, readerIndex, files }: FileDependency): Problem {
  return problem(
    'error',
    'file_dependency_cycle',
    ['agents', readerIndex, 'inputFiles'],
    `"${reader.name}" reads ${files.join(', ')}, which "${writer.name}" writes, but "${writer.name}" comes after it.`,
    'Reverse the connection, or remove the file from one of the two agents.',
  );
}

function fileCycle(
  workflow: Workflow,
  cycle: readonly AgentId[],
  missing: readonly FileDependency[],
): Problem {
  const inCycle = missing.find(({ reader }) => cycle.includes(reader.id));
  const names = cycle.map((id) => agentName(workflow, id));
  return problem(
    'error',
    'file_dependency_cycle',
    ['agents', inCycle?.readerIndex ?? 0, 'inputFiles'],
    `The declared files make agents wait for each other in a cycle: ${[...names, names[0]].join(' -> ')}.`,
    'Remove one of these files from the input or output files of one of these agents.',
  );
}
