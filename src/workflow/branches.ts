import type { AgentId } from './ids.ts';
import type { Connection, Workflow } from './schema.ts';

/** The ways that one agent's work may take: those with a condition, and those for when none of them holds. */
export type Branches = {
  readonly conditions: readonly Connection[];
  readonly otherwise: readonly Connection[];
};

/** The conditional connections of a workflow by the agent that they start from, in the document's order. */
export function branchesOf({
  connections,
}: Pick<Workflow, 'connections'>): ReadonlyMap<AgentId, Branches> {
  const conditional = connections.filter(({ flowType }) => flowType === 'conditional');
  const bySource = Map.groupBy(conditional, ({ source }) => source);
  return new Map(
    [...bySource].map(([source, all]) => [
      source,
      {
        conditions: all.filter(({ isElse }) => isElse !== true),
        otherwise: all.filter(({ isElse }) => isElse === true),
      },
    ]),
  );
}
