import { GitBranch, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { ChangesView, RepositoryChanges } from '../../contract/changes.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { listOf, plural } from '../../lib/format.ts';
import { Callout } from '../design/callout.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { ApplyButton } from './apply-button.tsx';
import { LineCounts } from './change-counts.tsx';
import { FileDiff } from './file-diff.tsx';
import { FileList } from './file-list.tsx';
import { groupByFolder } from './file-tree.ts';
import { PathList } from './path-list.tsx';
import { PullRequestButton } from './pull-request-button.tsx';
import type { Subject } from './use-changes.ts';

type RepositoryProps = {
  subject: Subject;
  changes: ChangesView;
  repository: RepositoryChanges;
  /** Whether there are several repositories, so that "Apply all" is the main action. */
  isOneOfSeveral: boolean;
  isRefreshing: boolean;
  onRefresh: () => void;
};

/** The changes in one repository: its files, and the diff of the selected one. */
export function RepositoryView(props: RepositoryProps) {
  const { subject, repository } = props;
  const [selectedPath, setSelectedPath] = useState<string | null>(null);
  const files = groupByFolder(repository.files).flatMap((folder) => folder.files);
  const index = Math.max(
    0,
    files.findIndex(({ path }) => path === selectedPath),
  );
  const file = files[index];
  const conflicts = new Set([
    ...repository.conflicts.map(({ path }) => path),
    ...repository.unresolved,
  ]);
  return (
    <>
      <Bar {...props} />
      <Conflicts repository={repository} />
      <Unresolved repository={repository} />
      <div className="flex min-h-0 flex-1 flex-col @3xl:flex-row short:flex-none">
        <FileList
          files={repository.files}
          fileCount={repository.fileCount}
          conflicts={conflicts}
          selected={file?.path ?? null}
          onSelect={setSelectedPath}
        />
        {file === undefined ? null : (
          <FileDiff
            key={file.path}
            subject={subject}
            repository={repository}
            file={file}
            hasConflict={conflicts.has(file.path)}
            previous={files[index - 1]?.path ?? null}
            next={files[index + 1]?.path ?? null}
            onSelect={setSelectedPath}
          />
        )}
      </div>
    </>
  );
}

function Bar({
  subject,
  changes,
  repository,
  isOneOfSeveral,
  isRefreshing,
  onRefresh,
}: RepositoryProps) {
  const { fileCount, additions, deletions, branches } = repository;
  const [first] = branches;
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-1.5">
      <span className="font-medium">{plural(fileCount, 'file')} changed</span>
      <LineCounts additions={additions} deletions={deletions} />
      <span className="flex min-w-0 flex-1 items-center gap-1.5 text-muted text-sm">
        {first === undefined ? null : <GitBranch aria-hidden size={12} className="shrink-0" />}
        <span title={cleanText(branches.join('\n'))} className="min-w-0 truncate">
          {branches.length === 1 ? (
            <code className="font-mono">{cleanText(first ?? '')}</code>
          ) : (
            `${plural(branches.length, 'branch', 'branches')}, merged`
          )}
        </span>
      </span>
      <IconButton
        label={isRefreshing ? 'Comparing…' : 'Compare again'}
        icon={RefreshCw}
        disabled={isRefreshing}
        onClick={onRefresh}
      />
      <PullRequestButton subject={subject} repository={repository} />
      {changes.isAppliedAlready && repository.place === 'local' ? null : (
        <ApplyButton
          subject={subject}
          repository={repository}
          folder={repository.folder}
          isSecondary={isOneOfSeveral}
        />
      )}
    </div>
  );
}

function Conflicts({ repository: { conflicts } }: { repository: RepositoryChanges }) {
  if (conflicts.length === 0) return null;
  return (
    <div className="scroll-thin max-h-44 shrink-0 overflow-y-auto border-b px-4 py-3 short:max-h-none">
      <Callout
        tone="warning"
        title={`Agents changed the same lines of ${plural(conflicts.length, 'file')} in different ways`}
      >
        <ul>
          {conflicts.map(({ path, kind, agentNames = [] }) => (
            <li key={`${path} ${kind}`}>
              <code className="font-mono text-ink text-sm">{cleanText(path)}</code>
              {agentNames.length === 0 ? null : ` by ${listOf(agentNames)}`}
              {kind === 'contents' ? '' : ` (${kind})`}
            </li>
          ))}
        </ul>
        <p>The files are shown with conflict markers. Apply the work of one agent instead.</p>
      </Callout>
    </div>
  );
}

function Unresolved({ repository: { unresolved } }: { repository: RepositoryChanges }) {
  if (unresolved.length === 0) return null;
  return (
    <div className="scroll-thin max-h-44 shrink-0 overflow-y-auto border-b px-4 py-3 short:max-h-none">
      <Callout
        tone="warning"
        title={`${plural(unresolved.length, 'file')} with conflict markers that no agent resolved`}
      >
        <PathList paths={unresolved.map(cleanText)} />
        Send the last agent a follow-up that asks it to resolve them, or resolve them yourself after
        you apply the changes.
      </Callout>
    </div>
  );
}
