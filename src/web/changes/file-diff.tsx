import { ChevronDown, ChevronUp, Columns2, LoaderCircle, Rows2 } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { changeNotes } from '../../contract/change-notes.ts';
import type { ChangedFileView, PatchView, RepositoryChanges } from '../../contract/changes.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { Callout } from '../design/callout.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { LineCounts, StatusLetter } from './change-counts.tsx';
import { setDiffLayout, useCanSplitDiff, useDiffLayout } from './diff-layout.ts';
import { DiffText } from './diff-text.tsx';
import { hasHiddenCharacters, parseHunks } from './patch.ts';
import { type Subject, usePatch } from './use-changes.ts';

type FileDiffProps = {
  subject: Subject;
  repository: RepositoryChanges;
  file: ChangedFileView;
  hasConflict: boolean;
  previous: string | null;
  next: string | null;
  onSelect: (path: string) => void;
};

/** One changed file with its diff. */
export function FileDiff(props: FileDiffProps) {
  const { subject, repository, file, hasConflict } = props;
  const patch = usePatch(subject, repository, file);
  return (
    <section
      aria-label={`Changes in ${cleanText(file.path)}`}
      className="flex min-h-0 min-w-0 flex-1 flex-col short:flex-none"
    >
      <FileHeader {...props} />
      <section
        // Nothing inside takes the focus, so the area itself must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached
        tabIndex={0}
        aria-label="Diff"
        className="scroll-thin min-h-0 flex-1 overflow-y-auto short:flex-none short:overflow-visible"
      >
        {hasConflict ? (
          <Padded>
            <Callout tone="warning" title="This file contains conflict markers">
              Agents changed it in different ways; git could not merge their work.
            </Callout>
          </Padded>
        ) : null}
        <ChangeNotes file={file} />
        {file.isBinary || file.hasSameContents === true ? null : patch.data !== undefined ? (
          <Patch file={file} patch={patch.data} />
        ) : patch.isError ? (
          <Padded>
            <Failure error={patch.error} onRetry={() => void patch.refetch()} />
          </Padded>
        ) : (
          <Padded>
            <span role="status" className="flex items-center gap-2 text-muted">
              <LoaderCircle aria-hidden size={14} className="animate-spin" /> Loading the diff…
            </span>
          </Padded>
        )}
      </section>
    </section>
  );
}

function FileHeader({ file, previous, next, onSelect }: FileDiffProps) {
  const { path, oldPath, status, additions, deletions } = file;
  const layout = useDiffLayout();
  const canSplit = useCanSplitDiff();
  return (
    <div className="flex min-h-10 shrink-0 items-center gap-2 border-b bg-ground px-4 py-1">
      <StatusLetter status={status} />
      <h3 className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]">
        {oldPath === null ? null : (
          <span className="text-muted">
            <bdi>{cleanText(oldPath)}</bdi> →{' '}
          </span>
        )}
        <bdi>{cleanText(path)}</bdi>
      </h3>
      <CopyButton text={path} label="Copy path" />
      <LineCounts additions={additions} deletions={deletions} className="flex-1" />
      <span className="flex-1" />
      {canSplit ? (
        <IconButton
          label={layout === 'split' ? 'Show in one column' : 'Show side by side'}
          icon={layout === 'split' ? Rows2 : Columns2}
          onClick={() => setDiffLayout(layout === 'split' ? 'unified' : 'split')}
        />
      ) : null}
      <FileStepButton label="Previous file" icon={ChevronUp} path={previous} onSelect={onSelect} />
      <FileStepButton label="Next file" icon={ChevronDown} path={next} onSelect={onSelect} />
    </div>
  );
}

function FileStepButton({
  label,
  icon,
  path,
  onSelect,
}: {
  label: string;
  icon: typeof ChevronUp;
  path: string | null;
  onSelect: (path: string) => void;
}) {
  return (
    <IconButton
      label={label}
      icon={icon}
      disabled={path === null}
      onClick={() => path !== null && onSelect(path)}
    />
  );
}

/** What the diff does not show: moves, modes, types, and files that are not text. */
function ChangeNotes({ file }: { file: ChangedFileView }) {
  const notes = changeNotes(file);
  if (notes.length === 0) return null;
  return (
    <Padded>
      {notes.map((note) => (
        <p key={note} className="text-muted">
          {note}
        </p>
      ))}
    </Padded>
  );
}

const Padded = ({ children }: { children: ReactNode }) => <div className="p-4">{children}</div>;

function Patch({ file, patch }: { file: ChangedFileView; patch: PatchView }) {
  const hunks = useMemo(() => parseHunks(patch.text), [patch.text]);
  const hasHidden = useMemo(() => hasHiddenCharacters(patch.text), [patch.text]);
  if (hunks === null)
    return <pre className="p-4 font-mono text-sm whitespace-pre-wrap">{patch.text}</pre>;
  return (
    <>
      {hasHidden ? (
        <Padded>
          <Callout tone="warning" title="This file has invisible characters">
            Some of them change the order in which text is shown, so the code may do something
            different from what it seems to do.
          </Callout>
        </Padded>
      ) : null}
      {hunks.length === 0 ? null : <DiffText file={file} hunks={hunks} />}
      {patch.isCut ? (
        <Padded>
          <Callout tone="notice" title="The diff is too large to show completely">
            The rest is omitted. Use git to see it.
          </Callout>
        </Padded>
      ) : null}
    </>
  );
}
