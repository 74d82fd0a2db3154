import type { Random } from './random.ts';

type Drawn = {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly handoffFormat: string;
  readonly [field: string]: unknown;
};

/** Makes conditions, gates and a loop out of some of the connections, and plans and own loops of some agents. */
export function withControlFlow<Agent extends { readonly id: string }>(
  random: Random,
  agents: readonly Agent[],
  connections: readonly Drawn[],
): { readonly agents: readonly Agent[]; readonly connections: readonly object[] } {
  const branched = withElse(
    random,
    connections.map((one) => ({ ...one, ...kindOf(random, one) })),
  );
  const back = random.chance(0.5) ? loopBack(random, branched) : [];
  const looping = new Set(back.flatMap(({ source, target }) => [source, target]));
  return {
    agents: agents.map((agent) => ({
      ...agent,
      ...(random.chance(0.15) ? { planFirst: true } : {}),
      ...(random.chance(0.15) && !looping.has(agent.id)
        ? { loop: { exitCondition: 'Done.', maxIterations: random.between(1, 4) } }
        : {}),
    })),
    connections: [...branched, ...back],
  };
}

function kindOf(random: Random, { handoffFormat }: Drawn): object {
  const isStructured = handoffFormat === 'structured-json';
  return random.pick([
    {},
    {},
    { flowType: 'approval-gate' },
    { flowType: 'conditional', condition: 'It is good.' },
    isStructured ? { flowType: 'conditional', expression: 'handoff.ok' } : {},
  ]);
}

/** An else needs a condition next to it. */
function withElse(random: Random, connections: readonly Drawn[]): Drawn[] {
  const deciding = new Set(
    connections.filter(({ flowType }) => flowType === 'conditional').map(({ source }) => source),
  );
  return connections.map((connection) => {
    const { flowType, source } = connection;
    if (flowType !== undefined || !deciding.has(source) || !random.chance(0.6)) return connection;
    // Only one of them would be taken.
    deciding.delete(source);
    return { ...connection, flowType: 'conditional', isElse: true };
  });
}

function loopBack(random: Random, connections: readonly Drawn[]): Drawn[] {
  const way = random.from(connections);
  if (way === undefined) return [];
  const { source: target, target: source } = way;
  const ends = { id: 'back', source, target, handoffFormat: 'summary', flowType: 'loop' };
  return [{ ...ends, loopCondition: 'Done.', maxIterations: random.between(1, 4) }];
}

/** The conditions that a prompt asks to be decided. */
function conditionsIn(prompt: string): string[] {
  const form = /```decision-form\n([\s\S]*?)```/.exec(prompt)?.[1] ?? '';
  return [...form.matchAll(/"([^"\n]+)"\s*:\s*\{"holds"/g)].map(([, name = '']) => name);
}

/** Which round a conversation is in: what its newest prompt about a round says. */
function roundIn(prompts: readonly string[]): number {
  const said = prompts.map((prompt) => Number(/^#+ Round (\d+) of/m.exec(prompt)?.[1]));
  return said.findLast((round) => !Number.isNaN(round)) ?? 1;
}

/** The decisions of an agent, the same in every history of a seed; some it cannot make, even when it is asked again. */
export function decisionsOf(random: Random, name: string, prompts: readonly string[]): string {
  const round = roundIn(prompts);
  const decided = conditionsIn(prompts.at(-1) ?? '').flatMap((condition) => {
    const own = random.fork(`${name}/${condition}/${round}`);
    return own.chance(0.1) ? [] : [[condition, { holds: own.chance(0.5), reason: 'So it is.' }]];
  });
  if (decided.length === 0) return '';
  return `\n\n\`\`\`decision\n${JSON.stringify(Object.fromEntries(decided))}\n\`\`\``;
}
