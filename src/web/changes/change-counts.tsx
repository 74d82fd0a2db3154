import type { ChangedFileView } from '../../contract/changes.ts';
import { plural } from '../../lib/format.ts';
import { classNames } from '../design/class-names.ts';

/** The number of added and removed lines; nothing for files without lines. */
export function LineCounts({
  additions,
  deletions,
  className,
}: {
  additions: number | null;
  deletions: number | null;
  className?: string;
}) {
  if (additions === null || deletions === null) return null;
  return (
    <span className={classNames('shrink-0 font-mono text-sm tabular-nums', className)}>
      <span className="sr-only">
        {plural(additions, 'line')} added, {plural(deletions, 'line')} removed
      </span>
      {additions === 0 ? null : (
        <span aria-hidden className="text-ok">
          +{additions}
        </span>
      )}
      {deletions === 0 ? null : (
        <span aria-hidden className="text-danger">
          {' '}
          −{deletions}
        </span>
      )}
    </span>
  );
}

type StatusStyle = { readonly letter: string; readonly label: string; readonly ink: string };

/** The letters that git uses. */
const statusStyles: Readonly<Record<ChangedFileView['status'], StatusStyle>> = {
  added: { letter: 'A', label: 'Added', ink: 'text-ok' },
  modified: { letter: 'M', label: 'Modified', ink: 'text-warn' },
  deleted: { letter: 'D', label: 'Deleted', ink: 'text-danger' },
  renamed: { letter: 'R', label: 'Renamed', ink: 'text-info' },
  copied: { letter: 'C', label: 'Copied', ink: 'text-info' },
  'type-changed': { letter: 'T', label: 'Type changed', ink: 'text-warn' },
};

export function StatusLetter({ status }: { status: ChangedFileView['status'] }) {
  const { letter, label, ink } = statusStyles[status];
  return (
    <span title={label} className={classNames('w-3 shrink-0 font-medium font-mono text-sm', ink)}>
      <span aria-hidden>{letter}</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}
