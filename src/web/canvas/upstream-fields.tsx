import { Checkbox } from '@base-ui/react/checkbox';
import { Check } from 'lucide-react';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { isAutomatic } from './automatic-connections.ts';
import { columnNumbers } from './columns.ts';
import { edit } from './editor.ts';
import { connect, removeConnections } from './edits.ts';

/** Draws connections without a pointer: whose work this agent receives. */
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
          (each) => each.source === source.id && each.target === agent.id,
        );
        const isDashed = connection !== undefined && isAutomatic(connection);
        return (
          <div key={source.id} className="flex items-center gap-2">
            <Checkbox.Root
              aria-label={source.name}
              checked={connection !== undefined && !isDashed}
              indeterminate={isDashed}
              onCheckedChange={() =>
                connection === undefined || isDashed
                  ? edit(connect(source.id, agent.id))
                  : edit(removeConnections(new Set([connection.id])))
              }
              className="flex size-4 items-center justify-center rounded-sm border border-line-strong bg-surface data-checked:border-accent data-checked:bg-accent data-checked:text-accent-ink"
            >
              <Checkbox.Indicator className="data-indeterminate:hidden">
                <Check aria-hidden size={12} />
              </Checkbox.Indicator>
            </Checkbox.Root>
            <span className="min-w-0 flex-1 truncate">{source.name}</span>
            {isDashed ? <span className="text-muted text-xs">automatic</span> : null}
          </div>
        );
      })}
    </fieldset>
  );
}
