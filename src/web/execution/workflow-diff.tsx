import { Minus, Pencil, Plus, TriangleAlert } from 'lucide-react';
import type { WorkflowDifferenceView } from '../../contract/enhance.ts';
import { fieldName } from '../../contract/enhance-text.ts';
import { type LineChange, lineChanges } from '../../workflow/edit/line-changes.ts';
import { classNames } from '../design/class-names.ts';

const styles = {
  added: { icon: Plus, ink: 'text-ok', label: 'Added' },
  removed: { icon: Minus, ink: 'text-danger', label: 'Removed' },
  changed: { icon: Pencil, ink: 'text-warn', label: 'Changed' },
} as const;

/** The edits of a workflow, by part and field. */
export function WorkflowDiff({ changes }: { changes: readonly WorkflowDifferenceView[] }) {
  return (
    <ul aria-label="Edits" className="flex min-w-0 flex-col gap-2">
      {changes.map((change) => (
        <Part key={`${change.subject} ${change.id}`} change={change} />
      ))}
    </ul>
  );
}

function Part({
  change: { kind, subject, name, fields, approvalReasons },
}: {
  change: WorkflowDifferenceView;
}) {
  const { icon: Icon, ink, label } = styles[kind];
  return (
    <li
      className={classNames(
        'min-w-0 rounded-md border',
        approvalReasons.length > 0 && 'border-warn',
      )}
    >
      <div className="flex min-w-0 items-center gap-2 px-3 py-1.5">
        <Icon aria-hidden size={14} className={classNames('shrink-0', ink)} />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <span className={ink}>{label}</span> {subject} <span className="font-medium">{name}</span>
        </span>
      </div>
      {approvalReasons.map((reason) => (
        <p key={reason} className="flex min-w-0 items-start gap-2 bg-warn-soft px-3 py-1.5 text-sm">
          <TriangleAlert
            aria-label="Needs your approval"
            role="img"
            size={14}
            className="mt-0.5 shrink-0 text-warn"
          />
          <span className="min-w-0 [overflow-wrap:anywhere]">{reason}</span>
        </p>
      ))}
      {kind === 'removed' || fields.length === 0 ? null : (
        <dl className="flex flex-col border-t">
          {fields.map(({ field, before, after }) => (
            <div
              key={field}
              className="grid gap-x-3 px-3 py-1.5 sm:grid-cols-[9rem_minmax(0,1fr)] [&+&]:border-t"
            >
              <dt className="text-muted">{fieldName(field)}</dt>
              <dd className="min-w-0">
                <Lines changes={lineChanges(before, after)} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

const lineStyles: Readonly<Record<LineChange['kind'], { sign: string; style: string }>> = {
  same: { sign: ' ', style: 'text-muted' },
  removed: { sign: '−', style: 'bg-danger-soft' },
  added: { sign: '+', style: 'bg-ok-soft' },
};

function Lines({ changes }: { changes: readonly LineChange[] }) {
  return (
    <div className="font-mono text-sm">
      {changes.map(({ kind, text }, index) => {
        const { sign, style } = lineStyles[kind];
        return (
          <div
            // Lines have no identity except their position, and never move.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above.
            key={index}
            className={classNames(
              'flex gap-2 whitespace-pre-wrap px-1 [overflow-wrap:anywhere]',
              style,
            )}
          >
            <span aria-hidden className="shrink-0 select-none">
              {sign}
            </span>
            {kind === 'same' ? null : (
              <span className="sr-only">{kind === 'added' ? 'Added: ' : 'Removed: '}</span>
            )}
            <span className="min-w-0">{text}</span>
          </div>
        );
      })}
    </div>
  );
}
