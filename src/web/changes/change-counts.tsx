import type { ChangedFileView } from '../../contract/changes.ts';
import { plural } from '../../lib/format.ts';
import { classNames } from '../design/class-names.ts';

/** Lines that came and went; nothing for what has no lines. */
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

type Look = { readonly letter: string; readonly word: string; readonly ink: string };

/** The letters are those of git. */
const statusLooks: Readonly<Record<ChangedFileView['status'], Look>> = {
  added: { letter: 'A', word: 'Added', ink: 'text-ok' },
  modified: { letter: 'M', word: 'Modified', ink: 'text-warn' },
  deleted: { letter: 'D', word: 'Deleted', ink: 'text-danger' },
  renamed: { letter: 'R', word: 'Renamed', ink: 'text-info' },
  copied: { letter: 'C', word: 'Copied', ink: 'text-info' },
  'type-changed': { letter: 'T', word: 'Type changed', ink: 'text-warn' },
};

export function StatusLetter({ status }: { status: ChangedFileView['status'] }) {
  const { letter, word, ink } = statusLooks[status];
  return (
    <span title={word} className={classNames('w-3 shrink-0 font-medium font-mono text-sm', ink)}>
      <span aria-hidden>{letter}</span>
      <span className="sr-only">{word}</span>
    </span>
  );
}
