import { FolderDown } from 'lucide-react';
import { useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { ActionButton } from '../kernel/action-button.tsx';
import { ApplyAllDialog } from './apply-all-dialog.tsx';
import type { Subject } from './use-changes.ts';

export function ApplyAllButton(props: {
  subject: Subject;
  repositories: readonly RepositoryChanges[];
}) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <ActionButton tone="primary" onClick={() => setIsOpen(true)}>
        <FolderDown aria-hidden size={14} /> Apply all…
      </ActionButton>
      {isOpen ? <ApplyAllDialog {...props} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}
