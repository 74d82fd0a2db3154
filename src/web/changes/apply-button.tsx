import { FolderDown } from 'lucide-react';
import { useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { ActionButton } from '../kernel/action-button.tsx';
import { ApplyDialog } from './apply-dialog.tsx';
import type { Subject } from './use-changes.ts';

export function ApplyButton(props: {
  subject: Subject;
  repository: RepositoryChanges;
  /** What the changes are for; null if no clone of a repository in the cloud is known. */
  folder: string | null;
  /** Beside a button that applies everything, this one is the second choice. */
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
