import { FolderCheck, Undo2 } from 'lucide-react';
import type { ChangesView } from '../../contract/changes.ts';
import { plural } from '../../lib/format.ts';
import { Age } from '../design/relative-time.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { useUndo } from './use-undo.ts';

/** The changes of this session that were applied to folders, newest first, with undo. */
export function AppliedList({
  sessionId,
  applied,
}: {
  sessionId: string;
  applied: ChangesView['applied'];
}) {
  const undo = useUndo(sessionId);
  if (applied.length === 0) return null;
  return (
    <ul aria-label="Applied changes" className="flex flex-col gap-1">
      {applied.map(({ undoId, folder, appliedAt, fileCount, markedCount, wasCutOff }) => (
        <li key={undoId} className="flex items-start gap-2 rounded-md bg-sunken px-3 py-1.5">
          <FolderCheck aria-hidden size={16} className="mt-1 shrink-0 text-ok" />
          <span className="min-w-0 flex-1 py-0.5 [overflow-wrap:anywhere]">
            {wasCutOff ? 'Applying was interrupted in' : `${plural(fileCount, 'file')} applied to`}{' '}
            <code className="font-mono">{folder}</code>
            {markedCount === 0 || wasCutOff ? '' : `, ${markedCount} with conflict markers`}{' '}
            <span className="text-muted">
              <Age instant={appliedAt} />
              {wasCutOff ? '. Undo brings every file back.' : ''}
            </span>
          </span>
          <ActionButton
            size="small"
            aria-label={`Undo in ${folder}`}
            disabled={undo.isPending}
            onClick={() => undo.mutate(undoId)}
          >
            <Undo2 aria-hidden size={12} /> Undo
          </ActionButton>
        </li>
      ))}
    </ul>
  );
}
