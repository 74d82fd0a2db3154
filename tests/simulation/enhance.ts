import { PLANNER_ID } from '../../src/workflow/planner.ts';
import type { Random } from './random.ts';

/** Loop & Enhance in the simulation: workflows that need it, and a planner that helps, does not help, or does harm. */

/** An agent that is told so fails, until a planner tells it something better. */
const STUBBORN = 'Fail, until somebody says better what to do.';
/** What a person has to approve. */
export const FOREIGN_REPOSITORY = 'https://github.com/acme/elsewhere';

type Drawn = { readonly id: string; readonly [field: string]: unknown };

/** Makes rounds out of a workflow, with agents that fail in the first one and others that judge the work. */
export function withRounds<Agent extends Drawn>(random: Random, agents: readonly Agent[]) {
  const stubborn = random.chance(0.7) ? random.from(agents)?.id : undefined;
  const verifier = random.chance(0.6) ? agents.at(-1)?.id : undefined;
  return {
    agents: agents.map((agent) => ({
      ...agent,
      ...(agent.id === stubborn ? { instructions: STUBBORN } : {}),
      ...(agent.id === verifier ? { role: 'tester' } : {}),
    })),
    loopAndEnhance: {
      enabled: true,
      maxRounds: random.between(1, 5),
      strictness: random.pick(['strict', 'lenient']),
      pauseBetweenRounds: random.chance(0.4),
      ...random.pick<{ budgetTokens?: number }>([
        {},
        {},
        {},
        { budgetTokens: random.between(1, 300) },
      ]),
      ...random.pick<{ threads?: string }>([{}, { threads: 'same' }, { threads: 'fresh' }]),
    },
  };
}

/** The newest prompt that tells an agent its task decides; what was said before it, or in between, does not. */
export function isStubborn(prompts: readonly string[]): boolean {
  const task = prompts.findLast((prompt) => TASK.test(prompt)) ?? '';
  return task.includes(STUBBORN);
}

const TASK = new RegExp(`${STUBBORN.replaceAll('.', '\\.')}|Do the work of`);

export const isPlanner = (metadata: Readonly<Record<string, string>>): boolean =>
  metadata.cerevisor_agent === PLANNER_ID;

type Document = {
  readonly agents: readonly { readonly id: string; readonly instructions: string }[];
  readonly connections: readonly { readonly id: string }[];
};

/** What the planner answers to its newest prompt; the same in every history of a seed. */
export function proposalOf(random: Random, name: string, prompts: readonly string[]): string {
  const asked = prompts.findLastIndex((prompt) => prompt.startsWith('# Improve a workflow'));
  const plan = prompts[asked] ?? '';
  const round = /in round (\d+) of at most/.exec(plan)?.[1] ?? '1';
  const turn = prompts.length - asked;
  const own = random.fork(`${name}/${round}/${turn}`);
  const kind = own.pick([
    ...(['useful', 'useful', 'useful', 'useless', 'none', 'more', 'less'] as const),
    ...(['repository', 'no-agents', 'unknown-agent', 'cycle', 'no-json', 'strange'] as const),
  ]);
  if (kind === 'no-json') return 'I have looked at everything, and thought about it.';
  const edits = kind === 'strange' ? [{ kind: 'rewrite' }] : editsOf(kind, own, documentIn(plan));
  const summary = `Proposal ${turn} for round ${round}: ${kind}.`;
  return `I have looked at it.\n\n\`\`\`json\n${JSON.stringify({ summary, edits })}\n\`\`\``;
}

function documentIn(prompt: string): Document {
  const text = /^(`{3,})workflow\n([\s\S]*?)\n\1$/m.exec(prompt)?.[2];
  if (text === undefined) throw new Error(`The planner was not shown the workflow: ${prompt}`);
  // The engine wrote it from a workflow.
  return JSON.parse(text) as Document;
}

function editsOf(kind: string, random: Random, { agents, connections }: Document): object[] {
  const [first] = agents;
  const chosen = random.from(agents)?.id;
  const word = random.hex(4);
  const told = (agentId: string | undefined, instructions: string) => ({
    kind: 'update-agent',
    agentId,
    set: { instructions },
  });
  switch (kind) {
    case 'none':
      return [];
    case 'useful': {
      const failing = agents.filter(({ instructions }) => instructions === STUBBORN);
      const meant = failing.length === 0 ? [chosen] : failing.map(({ id }) => id);
      return meant.map((id) => told(id, `Do the work of ${id} with care (${word}).`));
    }
    case 'more': {
      const id = `x${word}`;
      const agent = { id, name: `Agent ${id}`, instructions: `Do the work of ${id}.` };
      return [
        { kind: 'add-agent', agent },
        { kind: 'connect', source: first?.id, target: id, set: { handoffFormat: 'summary' } },
      ];
    }
    case 'less':
      return [{ kind: 'remove-agent', agentId: chosen }];
    case 'repository':
      return [
        { kind: 'add-repository', repository: { url: FOREIGN_REPOSITORY } },
        told(chosen, `Do the work of ${chosen} in both places (${word}).`),
      ];
    case 'no-agents':
      return agents.map(({ id }) => ({ kind: 'remove-agent', agentId: id }));
    case 'unknown-agent':
      return [told('nobody', 'Help.')];
    case 'cycle':
      return [
        { kind: 'connect', source: first?.id, target: agents.at(-1)?.id },
        { kind: 'connect', source: agents.at(-1)?.id, target: first?.id },
      ];
    default:
      return [
        { kind: 'describe-workflow', description: `Described anew (${word}).` },
        ...connections.slice(0, 1).map(({ id }) => ({
          kind: 'update-connection',
          connectionId: id,
          set: { label: `way ${word}` },
        })),
      ];
  }
}
