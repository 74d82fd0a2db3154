import { useMutation } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import type { PullRequestPageView, RepositoryChanges } from '../../contract/changes.ts';
import { repositoryName } from '../../lib/format.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { isWebAddress } from '../design/markdown.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import type { Subject } from './use-changes.ts';

/** Says what will be pushed, and then opens the page on which the pull request is written. */
export function PullRequestDialog({
  subject: { session, agent },
  repository,
  onClose,
}: {
  subject: Subject;
  repository: RepositoryChanges;
  onClose: () => void;
}) {
  const formId = useId();
  const [baseBranch, setBaseBranch] = useState('');
  const openPage = useMutation({
    mutationFn: () =>
      api.openPullRequest(session.id, {
        repoUrl: repository.repoUrl,
        ...(agent !== null && { agent: agent.id }),
        ...(baseBranch.trim() !== '' && { baseBranch: baseBranch.trim() }),
      }),
    onSuccess: ({ page }) => {
      // If a popup blocker blocks it, the link stays in the dialog.
      if (page !== null && isWebAddress(page)) window.open(page, '_blank', 'noopener,noreferrer');
    },
  });
  const pushes = repository.place === 'local';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    openPage.mutate();
  };
  return (
    <Dialog
      title="Open pull request"
      open
      onClose={onClose}
      header={<span className="truncate text-muted">{repositoryName(repository.repoUrl)}</span>}
      footer={
        <>
          <Button onClick={onClose}>{openPage.data === undefined ? 'Cancel' : 'Close'}</Button>
          {openPage.data === undefined ? (
            <ActionButton type="submit" form={formId} tone="primary" disabled={openPage.isPending}>
              {pushes ? (openPage.isPending ? 'Pushing…' : 'Push and open page') : 'Open page'}
            </ActionButton>
          ) : (
            <PageLink page={openPage.data.page} />
          )}
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4 p-4">
        {openPage.data === undefined ? (
          <>
            <p>
              {pushes
                ? 'The branch of the last agent is pushed to the remote of your repository with your own git access. The page on which you write the pull request then opens in a new tab.'
                : 'The branch is on the remote already. The page on which you write the pull request opens in a new tab.'}
            </p>
            <Field label="Base branch" hint="Leave it empty for the default branch.">
              <TextInput
                value={baseBranch}
                spellCheck={false}
                onChange={(event) => setBaseBranch(event.target.value)}
              />
            </Field>
            {openPage.isError ? <Failure error={openPage.error} /> : null}
          </>
        ) : (
          <PushedBranch result={openPage.data} />
        )}
      </form>
    </Dialog>
  );
}

function PageLink({ page }: { page: string | null }) {
  if (page === null || !isWebAddress(page)) return null;
  return (
    <a className={buttonClass('primary')} href={page} target="_blank" rel="noreferrer noopener">
      <ExternalLink aria-hidden size={14} /> Open page
    </a>
  );
}

/** Where the branch is, and what is left to do. */
function PushedBranch({ result }: { result: PullRequestPageView }) {
  const { page, repoUrl, branch, baseBranch, wasPushed } = result;
  return (
    <>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] items-center gap-x-4 gap-y-1">
        <Row name={wasPushed ? 'Pushed branch' : 'Branch'} value={branch} />
        <Row name="Remote" value={repoUrl} />
        {baseBranch === null ? null : <Row name="Base branch" value={baseBranch} />}
        {page === null ? null : <Row name="Page" value={page} />}
      </dl>
      {page === null ? (
        <Callout tone="notice" title="Cerevisor does not know this host">
          Open the repository on its website, and create the pull request from this branch there.
        </Callout>
      ) : (
        <p className="text-muted">If no tab opened, use the button below or copy the address.</p>
      )}
    </>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1.5">
        <code className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]">{value}</code>
        <CopyButton text={value} label={`Copy ${name.toLowerCase()}`} />
      </dd>
    </>
  );
}
