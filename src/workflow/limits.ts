import { formatSize } from '../lib/format.ts';
import { type Problem, problem } from './problem.ts';

/** Limits far above any real workflow, which bound the time of validation. */
export const MAX_AGENTS = 1_000;
export const MAX_CONNECTIONS = 5_000;
const MAX_DECLARED_FILES = 10_000;
/** Validation compares the bodies of all loops. */
const MAX_LOOPS = 100;

/** The input is part of every agent's prompt, and no model accepts more. */
const MAX_INPUT_BYTES = 1024 * 1024;

/** Lists that are too long to be validated. Checked before anything else. */
export function sizeProblems(document: unknown): Problem[] {
  const agents = lengthOf(document, 'agents');
  const connections = lengthOf(document, 'connections');
  const problems: Problem[] = [];
  if (agents > MAX_AGENTS) problems.push(tooMany('too_many_agents', 'agents', agents, MAX_AGENTS));
  if (connections > MAX_CONNECTIONS)
    problems.push(tooMany('too_many_connections', 'connections', connections, MAX_CONNECTIONS));
  else if (loopCount(document) > MAX_LOOPS)
    problems.push(
      tooMany('too_many_loops', 'connections', loopCount(document), MAX_LOOPS, 'loops'),
    );
  if (agents <= MAX_AGENTS && declaredFiles(document) > MAX_DECLARED_FILES)
    problems.push(
      problem(
        'error',
        'too_many_files',
        ['agents'],
        `The agents declare more than ${MAX_DECLARED_FILES.toLocaleString('en')} input and output files.`,
        'Declare only the files that agents pass on to each other.',
      ),
    );
  return problems;
}

/** Problems of a text that the user passes to agents. `what`: how messages call it. */
export function inputProblems(input: string | undefined, what = 'input'): Problem[] {
  if (input === undefined) return [];
  const sizeBytes = new TextEncoder().encode(input).length;
  if (sizeBytes > MAX_INPUT_BYTES)
    return [
      problem(
        'error',
        'input_too_long',
        [],
        `The ${what} is ${formatSize(sizeBytes)} large; the limit is ${formatSize(MAX_INPUT_BYTES)}.`,
        'Put it into the repository, or say where the agents can find it.',
      ),
    ];
  if (!input.includes('\0') && input.isWellFormed()) return [];
  return [
    problem(
      'error',
      'input_not_text',
      [],
      `The ${what} contains characters that are not text.`,
      'Use UTF-8 or UTF-16 text; put anything else into the repository.',
    ),
  ];
}

function tooMany(
  code: string,
  list: string,
  count: number,
  max: number,
  things: string = list,
): Problem {
  return problem(
    'error',
    code,
    [list],
    `The workflow has ${count.toLocaleString('en')} ${things}; Cerevisor allows at most ${max.toLocaleString('en')}.`,
    'Split the workflow.',
  );
}

function loopCount(document: unknown): number {
  const connections: unknown = (document as { connections?: unknown } | null)?.connections;
  if (!Array.isArray(connections)) return 0;
  return connections.filter((one: { flowType?: unknown } | null) => one?.flowType === 'loop')
    .length;
}

function declaredFiles(document: unknown): number {
  const agents: unknown = (document as { agents?: unknown } | null)?.agents;
  if (!Array.isArray(agents)) return 0;
  return agents.reduce(
    (sum: number, agent) => sum + lengthOf(agent, 'inputFiles') + lengthOf(agent, 'outputFiles'),
    0,
  );
}

function lengthOf(document: unknown, list: string): number {
  if (typeof document !== 'object' || document === null) return 0;
  const value = (document as Record<string, unknown>)[list];
  return Array.isArray(value) ? value.length : 0;
}
