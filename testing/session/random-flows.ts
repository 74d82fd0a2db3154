import { type FlowSource, flowGraphOf, loopsLeftBy } from '../../src/session/flow/flow-graph.ts';
import { cyclesOf } from '../../src/workflow/cycles.ts';
import { graphOf } from '../../src/workflow/graph.ts';
import { type AgentId, agentId, type ConnectionId } from '../../src/workflow/ids.ts';
import fc from '../properties.ts';

type Connection = FlowSource['connections'][number];

const name = (number: number): AgentId => agentId(`a${number}`);

/** Random small graphs with conditions, else branches, gates and loops that do not cross. */
export function flowSources(isLooping = true): fc.Arbitrary<FlowSource> {
  return fc.integer({ min: 1, max: 6 }).chain((size) =>
    fc
      .record({
        pairs: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.nat(9)), {
          maxLength: size * 3,
          size: 'max',
        }),
        backs: fc.array(
          fc.record({
            path: fc.nat(),
            maxIterations: fc.integer({ min: 1, max: 3 }),
            hasCondition: fc.boolean(),
          }),
          { maxLength: isLooping ? 3 : 0 },
        ),
      })
      .map(({ pairs, backs }) => {
        const agents = Array.from({ length: size }, (_, number) => ({ id: name(number) }));
        return backs.reduce(withLoop, { agents, connections: connectionsFrom(pairs) });
      }),
  );
}

const flows = [
  'always',
  'always',
  'always',
  'conditional',
  'conditional',
  'approval-gate',
] as const;

function connectionsFrom(pairs: readonly (readonly [number, number, number])[]): Connection[] {
  const known = new Map<string, Connection>();
  for (const [one, other, flow] of pairs) {
    if (one === other) continue;
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    const id = `${name(from)}->${name(to)}`;
    const flowType = flows[flow] ?? 'conditional';
    const isElse = flow >= flows.length;
    const ends = { source: name(from), target: name(to) };
    known.set(id, { id: id as ConnectionId, ...ends, flowType, ...(isElse ? { isElse } : {}) });
  }
  return [...known.values()];
}

type LoopDraft = { path: number; maxIterations: number; hasCondition: boolean };

/** Adds a loop, unless it would cross another one or cause a deadlock. */
function withLoop(
  source: FlowSource,
  { path, maxIterations, hasCondition }: LoopDraft,
): FlowSource {
  const paths = loopCandidates(source);
  const [last, target] = paths[path % paths.length] ?? [];
  if (last === undefined || target === undefined) return source;
  const condition = hasCondition ? 'It is good.' : '';
  const next: FlowSource =
    target === last
      ? {
          ...source,
          agents: source.agents.map((agent) =>
            agent.id === target
              ? { ...agent, loop: { exitCondition: condition, maxIterations: maxIterations } }
              : agent,
          ),
        }
      : {
          ...source,
          connections: [
            ...source.connections.filter(({ id }) => id !== `${last}->${target}`),
            {
              id: `${last}->${target}` as ConnectionId,
              source: last,
              target,
              flowType: 'loop',
              loopCondition: condition,
              maxIterations: maxIterations,
            },
          ],
        };
  const bodies = flowGraphOf(next).loops.map(({ body }) => body);
  const isCrossing = bodies.some((one) =>
    bodies.some((other) => {
      const common = [...one].filter((id) => other.has(id)).length;
      return common > 0 && common < one.size && common < other.size;
    }),
  );
  return isCrossing || isWaitingInCircle(next) ? source : next;
}

/** Whether two separate loops wait for each other. */
function isWaitingInCircle({ agents, connections }: FlowSource): boolean {
  const graph = flowGraphOf({ agents, connections });
  const waits = graph.connections.flatMap((connection) => [
    connection,
    ...loopsLeftBy(graph, connection).map(({ source }) => ({ source, target: connection.target })),
  ]);
  return cyclesOf(graphOf({ agents, connections: waits })).length > 0;
}

/** Pairs of every agent with itself and with every agent upstream of it. */
function loopCandidates({ agents, connections }: FlowSource): (readonly [AgentId, AgentId])[] {
  return agents.flatMap(({ id: last }) => {
    const known = new Set([last]);
    for (const id of known)
      for (const { source, target, flowType } of connections)
        if (target === id && flowType !== 'loop') known.add(source);
    return [...known].map((target) => [last, target] as const);
  });
}
