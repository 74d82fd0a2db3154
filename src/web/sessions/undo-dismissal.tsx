import { X } from 'lucide-react';
import { plural } from '../../lib/format.ts';
import { IconButton } from '../design/icon-button.tsx';
import { Age } from '../design/relative-time.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { useDismissal } from './dismissal.ts';
import { forgetDismissal, useLastDismissal } from './dismissal-history.ts';

/** Undoes the newest dismissal, then the one before it; also in other windows and after a restart. */
export function UndoDismissal() {
  const last = useLastDismissal();
  const { restore } = useDismissal();
  if (last === null) return null;
  return (
    <span className="flex items-center gap-2">
      <span>
        {plural(last.ids.length, 'session')} dismissed <Age instant={last.at} />
      </span>
      <ActionButton size="small" onClick={() => restore(last.ids)}>
        Undo
      </ActionButton>
      <IconButton label="Hide" icon={X} className="size-6" onClick={() => forgetDismissal(last)} />
    </span>
  );
}
