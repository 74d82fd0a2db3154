import fc from 'fast-check';
import { type FlowSource, flowGraphOf, loopsLeftBy } from '../../src/session/flow/flow-graph.ts';
import { cyclesOf } from '../../src/workflow/cycles.ts';
import { graphOf } from '../../src/workflow/graph.ts';
import { type AgentId, agentId, type ConnectionId } from '../../src/workflow/ids.ts';

type Drawn = FlowSource['connections'][number];

const name = (number: number): AgentId => agentId(`a${number}`);

/** Small graphs with conditions, else, gates and loops that do not cross. `isLooping: false`: without loops. */
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
            way: fc.nat(),
            most: fc.integer({ min: 1, max: 3 }),
            hasCondition: fc.boolean(),
          }),
          { maxLength: isLooping ? 3 : 0 },
        ),
      })
      .map(({ pairs, backs }) => {
        const agents = Array.from({ length: size }, (_, number) => ({ id: name(number) }));
        return backs.reduce(withLoop, { agents, connections: drawn(pairs) });
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

function drawn(pairs: readonly (readonly [number, number, number])[]): Drawn[] {
  const found = new Map<string, Drawn>();
  for (const [one, other, flow] of pairs) {
    if (one === other) continue;
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    const id = `${name(from)}->${name(to)}`;
    const flowType = flows[flow] ?? 'conditional';
    const isElse = flow >= flows.length;
    const ends = { source: name(from), target: name(to) };
    found.set(id, { id: id as ConnectionId, ...ends, flowType, ...(isElse ? { isElse } : {}) });
  }
  return [...found.values()];
}

type Back = { way: number; most: number; hasCondition: boolean };

/** Adds a loop unless it crosses another one, or two would wait for each other. */
function withLoop(source: FlowSource, { way, most, hasCondition }: Back): FlowSource {
  const ways = waysBack(source);
  const [last, target] = ways[way % ways.length] ?? [];
  if (last === undefined || target === undefined) return source;
  const condition = hasCondition ? 'It is good.' : '';
  const next: FlowSource =
    target === last
      ? {
          ...source,
          agents: source.agents.map((agent) =>
            agent.id === target
              ? { ...agent, loop: { exitCondition: condition, maxIterations: most } }
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
              maxIterations: most,
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

/** Two loops apart can wait for each other's end. */
function isWaitingInCircle({ agents, connections }: FlowSource): boolean {
  const graph = flowGraphOf({ agents, connections });
  const waits = graph.connections.flatMap((connection) => [
    connection,
    ...loopsLeftBy(graph, connection).map(({ source }) => ({ source, target: connection.target })),
  ]);
  return cyclesOf(graphOf({ agents, connections: waits })).length > 0;
}

/** Every agent, with itself and with every agent that leads to it. */
function waysBack({ agents, connections }: FlowSource): (readonly [AgentId, AgentId])[] {
  return agents.flatMap(({ id: last }) => {
    const found = new Set([last]);
    for (const id of found)
      for (const { source, target, flowType } of connections)
        if (target === id && flowType !== 'loop') found.add(source);
    return [...found].map((target) => [last, target] as const);
  });
}
