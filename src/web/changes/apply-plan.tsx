import type { ApplyPlanView } from '../../contract/changes.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { plural } from '../../lib/format.ts';
import { Callout } from '../design/callout.tsx';
import { classNames } from '../design/class-names.ts';
import { sortByPath } from './file-tree.ts';
import { PathList } from './path-list.tsx';

const actions = {
  create: { letter: 'A', label: 'Create', ink: 'text-ok' },
  modify: { letter: 'M', label: 'Modify', ink: 'text-warn' },
  delete: { letter: 'D', label: 'Delete', ink: 'text-danger' },
} as const;

/** Longer lists are truncated; the diff has all files. */
const maxFiles = 500;

/** The planned changes to a folder. */
export function ApplyPlan({
  plan,
}: {
  plan: Pick<ApplyPlanView, 'folder' | 'branch' | 'files' | 'conflicts' | 'notices'>;
}) {
  const { folder, branch, files, conflicts, notices } = plan;
  const blocked = conflicts.filter(({ kind }) => kind === 'in-the-way');
  const unmerged = conflicts.filter(({ kind }) => kind !== 'in-the-way');
  return (
    <>
      {blocked.length === 0 ? null : (
        <Callout
          tone="error"
          title={`${plural(blocked.length, 'file')} ${blocked.length === 1 ? 'is' : 'are'} in the way`}
        >
          <PathList paths={blocked.map(({ path }) => cleanText(path))} />
          Your folder has something else under the same name, or a file that git ignores. Move it
          elsewhere first.
        </Callout>
      )}
      {unmerged.length === 0 ? null : (
        <Callout tone="warning" title={`${plural(unmerged.length, 'file')} cannot be merged`}>
          <PathList paths={unmerged.map(({ path }) => cleanText(path))} />
          You and the agents changed the same lines. Commit or move your changes, or have conflict
          markers written.
        </Callout>
      )}
      {notices.map((notice) => (
        <Callout key={notice} tone="notice" title={cleanText(notice)} />
      ))}
      {files.length === 0 ? (
        <Callout tone="notice" title="There is nothing to apply">
          <code className="font-mono">{folder}</code> has all of these changes already.
        </Callout>
      ) : (
        <section aria-label="Planned changes" className="flex flex-col gap-1">
          <p className="[overflow-wrap:anywhere]">
            {summarize(files)} in <code className="font-mono">{folder}</code>
            {branch === null ? null : (
              <>
                {' '}
                on branch <code className="font-mono">{cleanText(branch)}</code>
              </>
            )}
            . Nothing is committed.
          </p>
          <ul className="rounded-md border py-1">
            {sortByPath(files)
              .slice(0, maxFiles)
              .map((file) => (
                <PlannedFile
                  key={file.path}
                  file={file}
                  isUnmerged={conflicts.some(({ path }) => path === file.path)}
                />
              ))}
            {files.length > maxFiles ? (
              <li className="px-3 text-muted">
                And {plural(files.length - maxFiles, 'more file')}.
              </li>
            ) : null}
          </ul>
        </section>
      )}
    </>
  );
}

function PlannedFile({
  file,
  isUnmerged,
}: {
  file: ApplyPlanView['files'][number];
  isUnmerged: boolean;
}) {
  const { letter, label, ink } = actions[file.action];
  return (
    <li className="flex items-baseline gap-2 px-3 py-0.5">
      <span title={label} className={classNames('w-3 shrink-0 font-medium font-mono text-sm', ink)}>
        <span aria-hidden>{letter}</span>
        <span className="sr-only">{label}</span>
      </span>
      <span className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]">
        <bdi>{cleanText(file.path)}</bdi>
      </span>
      <span className="ml-auto shrink-0 text-muted text-sm">
        {isUnmerged
          ? 'cannot be merged'
          : file.isDirty
            ? 'merged with your changes'
            : file.isLink
              ? 'link'
              : ''}
      </span>
    </li>
  );
}

/** For example `2 files would be created, 1 modified`. */
function summarize(files: ApplyPlanView['files']): string {
  const countOf = (action: keyof typeof actions) =>
    files.filter((file) => file.action === action).length;
  const parts = (
    [
      [countOf('create'), 'created'],
      [countOf('modify'), 'modified'],
      [countOf('delete'), 'deleted'],
    ] as const
  ).filter(([count]) => count > 0);
  return parts
    .map(([count, label], index) =>
      index === 0 ? `${plural(count, 'file')} would be ${label}` : `${count} ${label}`,
    )
    .join(', ');
}
