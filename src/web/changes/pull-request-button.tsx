import { GitPullRequest } from 'lucide-react';
import { useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { ActionButton } from '../kernel/action-button.tsx';
import { PullRequestDialog } from './pull-request-dialog.tsx';
import type { Subject } from './use-changes.ts';

export function PullRequestButton(props: { subject: Subject; repository: RepositoryChanges }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <ActionButton onClick={() => setIsOpen(true)}>
        <GitPullRequest aria-hidden size={14} /> Open pull request…
      </ActionButton>
      {isOpen ? <PullRequestDialog {...props} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}
