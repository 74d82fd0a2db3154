import type { AgentId } from './ids.ts';
import type { Connection, Workflow } from './schema.ts';

/** The conditional connections of one agent: those with a condition, and *else* branches for when none holds. */
export type Branches = {
  readonly conditions: readonly Connection[];
  readonly otherwise: readonly Connection[];
};

/** The conditional connections of a workflow by their source, in document order. */
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
