import type { Problem } from '../../contract/error-views.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { navigate } from '../kernel/route.ts';
import type { Selection } from './selection.ts';

function targetOf(workflow: Workflow, [section, index]: Problem['path']): Selection | 'settings' {
  if (typeof index === 'number' && section === 'agents') {
    const agent = workflow.agents[index];
    return agent ? { kind: 'agent', id: agent.id } : null;
  }
  if (typeof index === 'number' && section === 'connections') {
    const connection = workflow.connections[index];
    return connection ? { kind: 'connection', id: connection.id } : null;
  }
  return 'settings';
}

/** All problems of the workflow, with links to their locations. */
export function ProblemsPanel({
  workflow,
  problems,
  onSelect,
}: {
  workflow: Workflow;
  problems: readonly Problem[];
  onSelect: (selection: Selection) => void;
}) {
  const show = (path: Problem['path']) => {
    const target = targetOf(workflow, path);
    if (target === 'settings') navigate({ dialog: 'settings', tab: 'workflow' });
    else onSelect(target);
  };
  return (
    <section
      aria-label="Problems"
      className="scroll-thin flex max-h-56 shrink-0 flex-col gap-1 overflow-y-auto border-t bg-surface p-2"
    >
      {problems.length === 0 ? <p className="p-2 text-muted">No problems found.</p> : null}
      {problems.map((problem) => (
        <Callout
          key={`${problem.code}:${problem.pointer}:${problem.message}`}
          tone={problem.severity}
          title={problem.message}
          action={
            <Button size="small" tone="quiet" onClick={() => show(problem.path)}>
              Show
            </Button>
          }
        >
          {problem.suggestion}
        </Callout>
      ))}
    </section>
  );
}
