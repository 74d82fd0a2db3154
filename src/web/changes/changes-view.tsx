import { FileDiff as FileDiffIcon, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { ChangesView as Changes, RepositoryChanges } from '../../contract/changes.ts';
import { repositoryName } from '../../lib/format.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { Field, NativeSelect } from '../design/field.tsx';
import { isSessionSettled, isSettled } from '../design/status.tsx';
import { Failure } from '../kernel/failure.tsx';
import { ApplyAllButton } from './apply-all-button.tsx';
import { ChangesNotices } from './changes-notices.tsx';
import { RepositoryView } from './repository-view.tsx';
import { type Subject, useChanges } from './use-changes.ts';

/** The changes of an agent or session, with the ways to apply them. */
export function ChangesView(subject: Subject) {
  const changes = useChanges(subject);
  if (changes.data === undefined)
    return (
      <div className="p-4">
        {changes.isError ? (
          <Failure error={changes.error} onRetry={() => void changes.refetch()} />
        ) : (
          <p role="status" className="flex items-center gap-2 text-muted">
            <LoaderCircle aria-hidden size={14} className="animate-spin" />
            Comparing with the commit that the work started from…
          </p>
        )}
      </div>
    );
  return (
    <div className="@container flex min-h-0 min-w-0 flex-1 flex-col short:flex-none">
      {changes.isError ? (
        <div className="px-4 pt-3">
          <Failure error={changes.error} onRetry={() => void changes.refetch()} />
        </div>
      ) : null}
      <LoadedChanges
        subject={subject}
        changes={changes.data}
        isRefreshing={changes.isFetching}
        onRefresh={() => void changes.refetch()}
      />
    </div>
  );
}

type LoadedChangesProps = {
  subject: Subject;
  changes: Changes;
  isRefreshing: boolean;
  onRefresh: () => void;
};

function LoadedChanges({ subject, changes, isRefreshing, onRefresh }: LoadedChangesProps) {
  const [selected, setSelected] = useState<string | null>(null);
  const withFiles = changes.repositories.filter(({ fileCount }) => fileCount > 0);
  const repository = withFiles.find((one) => keyOf(one) === selected) ?? withFiles[0];
  return (
    <>
      <ChangesNotices subject={subject} changes={changes} onRetry={onRefresh} />
      {withFiles.length > 1 ? (
        <div className="flex shrink-0 items-end gap-3 px-4 pt-3">
          <Field label="Repository" className="min-w-0 flex-1">
            <NativeSelect
              value={repository === undefined ? '' : keyOf(repository)}
              onChange={(event) => setSelected(event.target.value)}
            >
              {withFiles.map((one) => (
                <option key={keyOf(one)} value={keyOf(one)}>
                  {repositoryName(one.repoUrl)} ({one.place === 'cloud' ? 'cloud' : 'this machine'})
                </option>
              ))}
            </NativeSelect>
          </Field>
          <ApplyAllButton subject={subject} repositories={withFiles} />
        </div>
      ) : null}
      {repository === undefined ? (
        <NoChanges subject={subject} hasFailed={changes.failures.length > 0} />
      ) : (
        <RepositoryView
          key={keyOf(repository)}
          subject={subject}
          changes={changes}
          repository={repository}
          isOneOfSeveral={withFiles.length > 1}
          isRefreshing={isRefreshing}
          onRefresh={onRefresh}
        />
      )}
    </>
  );
}

const keyOf = ({ place, repoUrl }: RepositoryChanges): string => `${place} ${repoUrl}`;

function NoChanges({ subject, hasFailed }: { subject: Subject; hasFailed: boolean }) {
  // The failure above says why there is nothing to show.
  if (hasFailed) return null;
  const { session, agent } = subject;
  const hasEnded = agent === null ? isSessionSettled(session.status) : isSettled(agent.status);
  const who = agent === null ? 'No agent' : agent.name;
  const title =
    agent === null
      ? hasEnded
        ? 'No agent has changed anything'
        : 'No agent has changed anything yet'
      : `${who} has not changed anything${hasEnded ? '' : ' yet'}`;
  return (
    <EmptyState icon={FileDiffIcon} title={title}>
      {hasEnded
        ? 'Files that agents create, modify or delete in a repository are shown here.'
        : 'Changes appear here as soon as they are on a branch.'}
    </EmptyState>
  );
}
