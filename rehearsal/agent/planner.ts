import type { Fence } from './fences.ts';

/** What a prompt says that asks for edits of a workflow, as a planner gets it. */
export type PlannerTask = {
  /** Agents of the workflow that it shows, by id. */
  readonly agents: readonly { readonly id: string; readonly instructions: string }[];
  /** Ids of those that failed, as the prompt lists them. */
  readonly failed: readonly string[];
};

const firstWord = (info: string): string => info.split(/\s/)[0]?.toLowerCase() ?? '';

/** Undefined if the prompt shows no workflow: then nobody asks for edits of one. */
export function readPlannerTask(prompt: string, fences: readonly Fence[]): PlannerTask | undefined {
  const shown = fences.find(({ info }) => firstWord(info) === 'workflow');
  const agents = shown === undefined ? undefined : agentsIn(shown.content);
  if (agents === undefined) return undefined;
  const failed = [...prompt.matchAll(/^- (`+)(.+?)\1 \([^\n]*\): failed\b/gm)].map(
    ([, , id = '']) => id,
  );
  return { agents, failed: failed.filter((id) => agents.some((agent) => agent.id === id)) };
}

function agentsIn(text: string): PlannerTask['agents'] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined; // Someone else's fence with the same name.
  }
  const agents = Object(document).agents;
  if (!Array.isArray(agents)) return undefined;
  return agents.flatMap((agent: unknown) => {
    const { id, instructions } = Object(agent);
    return typeof id === 'string' && typeof instructions === 'string' ? [{ id, instructions }] : [];
  });
}

const ADDED =
  'Rehearsed by the planner: the last round failed here. Work in smaller steps, and check each of them.';

/** Nobody thinks here: whoever failed is told to take more care. That helps where the failure was not scripted. */
export function plannerAnswer({ agents, failed }: PlannerTask): string {
  const edits = agents
    .filter(({ id, instructions }) => failed.includes(id) && !instructions.includes(ADDED))
    .map(({ id, instructions }) => ({
      kind: 'update-agent',
      agentId: id,
      set: { instructions: `${instructions}\n\n${ADDED}` },
    }));
  const summary =
    edits.length === 0
      ? 'I know of no edit that would help.'
      : `The agents that failed (${failed.join(', ')}) are told to work more carefully.`;
  return asBlock({ summary, edits });
}

/** As a `propose` line of a script says it: a whole proposal, a list of edits, or something that is neither. */
export function proposedText(value: unknown): string {
  const proposal = Array.isArray(value) ? { summary: 'A scripted proposal.', edits: value } : value;
  return `I propose these edits.\n\n${asBlock(proposal)}`;
}

const asBlock = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
