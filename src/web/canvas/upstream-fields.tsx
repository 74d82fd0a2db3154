import { isAutomatic } from '../../workflow/edit/automatic-connections.ts';
import { columnNumbers } from '../../workflow/edit/columns.ts';
import { connect, removeConnections } from '../../workflow/edit/operations.ts';
import { graphOf } from '../../workflow/graph.ts';
import { loopBody } from '../../workflow/loops.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { LabeledCheckbox } from '../design/labeled-checkbox.tsx';
import { edit } from './editor.ts';

/** Adds and removes incoming connections without a pointer. */
export function UpstreamFields({ workflow, agent }: { workflow: Workflow; agent: Agent }) {
  const columns = columnNumbers(workflow.agents);
  const own = columns.get(agent.id) ?? 0;
  const earlier = workflow.agents.filter(({ id }) => (columns.get(id) ?? 0) < own);
  if (earlier.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-muted text-sm">Receives from</legend>
      {earlier.map((source) => {
        const connection = workflow.connections.find(
          (each) =>
            each.source === source.id && each.target === agent.id && each.flowType !== 'loop',
        );
        const isDashed = connection !== undefined && isAutomatic(connection);
        return (
          <LabeledCheckbox
            key={source.id}
            label={source.name}
            checked={connection !== undefined && !isDashed}
            indeterminate={isDashed}
            {...(isDashed ? { note: 'automatic' } : {})}
            onToggle={() =>
              connection === undefined || isDashed
                ? edit(connect(source.id, agent.id))
                : edit(removeConnections(new Set([connection.id])))
            }
          />
        );
      })}
    </fieldset>
  );
}

/** Adds and removes loops without a pointer. */
export function LoopFields({ workflow, agent }: { workflow: Workflow; agent: Agent }) {
  const graph = graphOf(workflow);
  const before = workflow.agents.filter(
    ({ id }) => id !== agent.id && loopBody(graph, { source: agent.id, target: id }).length > 0,
  );
  if (before.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-muted text-sm">Sends back to</legend>
      {before.map((target) => {
        const loop = workflow.connections.find(
          (each) =>
            each.source === agent.id && each.target === target.id && each.flowType === 'loop',
        );
        return (
          <LabeledCheckbox
            key={target.id}
            label={target.name}
            checked={loop !== undefined}
            onToggle={() =>
              loop === undefined
                ? edit(connect(agent.id, target.id, 'loop'))
                : edit(removeConnections(new Set([loop.id])))
            }
          />
        );
      })}
    </fieldset>
  );
}
