import { FolderDown } from 'lucide-react';
import { useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { ActionButton } from '../kernel/action-button.tsx';
import { ApplyDialog } from './apply-dialog.tsx';
import type { Subject } from './use-changes.ts';

export function ApplyButton(props: {
  subject: Subject;
  repository: RepositoryChanges;
  /** The folder of the changes; null if no clone of a cloud repository is known. */
  folder: string | null;
  /** Shown less prominently next to "Apply all". */
  isSecondary: boolean;
}) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <ActionButton tone={props.isSecondary ? 'plain' : 'primary'} onClick={() => setIsOpen(true)}>
        <FolderDown aria-hidden size={14} /> Apply to folder…
      </ActionButton>
      {isOpen ? <ApplyDialog {...props} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}
