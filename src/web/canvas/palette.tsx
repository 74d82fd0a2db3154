import { addAgent } from '../../workflow/edit/operations.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from './editor.ts';
import { newAgent } from './new-agent.ts';
import { roles } from './roles.ts';
import type { Selection } from './selection.ts';

export const roleDragType = 'application/x-cerevisor-role';

/** The roles of new agents: drag one onto the canvas, or click it to add an agent after all others. */
export function Palette({
  workflow,
  onSelect,
}: {
  workflow: Workflow;
  onSelect: (selection: Selection) => void;
}) {
  const add = (role: string) => {
    const agent = newAgent(workflow, role);
    edit(addAgent(agent));
    onSelect({ kind: 'agent', id: agent.id });
  };
  return (
    <nav
      aria-label="Agent palette"
      className="scroll-thin flex shrink-0 gap-0.5 overflow-auto bg-surface p-2 max-lg:border-b max-lg:py-1 lg:w-44 lg:flex-col lg:border-r"
    >
      <h2 className="px-2 py-1 font-medium text-muted text-sm max-lg:sr-only">Add an agent</h2>
      {roles.map((role) => (
        <button
          key={role.id}
          type="button"
          draggable
          onDragStart={(event) => {
            event.dataTransfer.setData(roleDragType, role.id);
            event.dataTransfer.effectAllowed = 'copy';
          }}
          onClick={() => add(role.id)}
          className="flex shrink-0 items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover"
        >
          <role.icon aria-hidden size={16} className="shrink-0 text-accent" />
          <span className="min-w-0">
            <span className="block font-medium">{role.name}</span>
            <span className="block truncate text-muted text-xs max-lg:hidden">{role.tagline}</span>
          </span>
        </button>
      ))}
    </nav>
  );
}
