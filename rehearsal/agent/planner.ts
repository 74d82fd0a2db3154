import type { Fence } from './fences.ts';

/** The task of a planner: a prompt that asks for edits of a workflow. */
export type PlannerTask = {
  /** Agents of the workflow in the prompt. */
  readonly agents: readonly { readonly id: string; readonly instructions: string }[];
  /** Ids of the agents that the prompt lists as failed. */
  readonly failed: readonly string[];
};

const firstWord = (info: string): string => info.split(/\s/)[0]?.toLowerCase() ?? '';

/** Returns `undefined` if the prompt contains no workflow. */
export function parsePlannerTask(
  prompt: string,
  fences: readonly Fence[],
): PlannerTask | undefined {
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
    return undefined; // An unrelated fence with the same name.
  }
  const agents = Object(document).agents;
  if (!Array.isArray(agents)) return undefined;
  return agents.flatMap((agent: unknown) => {
    const { id, instructions } = Object(agent);
    return typeof id === 'string' && typeof instructions === 'string' ? [{ id, instructions }] : [];
  });
}

const ADDED_INSTRUCTIONS =
  'Rehearsed by the planner: the last round failed here. Work in smaller steps, and check each of them.';

/** Proposes that failed agents work more carefully. This helps if their failure was not scripted. */
export function plannerAnswer({ agents, failed }: PlannerTask): string {
  const edits = agents
    .filter(
      ({ id, instructions }) => failed.includes(id) && !instructions.includes(ADDED_INSTRUCTIONS),
    )
    .map(({ id, instructions }) => ({
      kind: 'update-agent',
      agentId: id,
      set: { instructions: `${instructions}\n\n${ADDED_INSTRUCTIONS}` },
    }));
  const summary =
    edits.length === 0
      ? 'I know of no edit that would help.'
      : `The agents that failed (${failed.join(', ')}) are told to work more carefully.`;
  return jsonBlock({ summary, edits });
}

/**
 * Formats the value of a `propose` instruction: a whole proposal, a list of edits, or an invalid value, which is passed
 * on.
 */
export function formatProposal(value: unknown): string {
  const proposal = Array.isArray(value) ? { summary: 'A scripted proposal.', edits: value } : value;
  return `I propose these edits.\n\n${jsonBlock(proposal)}`;
}

const jsonBlock = (value: unknown): string =>
  `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
