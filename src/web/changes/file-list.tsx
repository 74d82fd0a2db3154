import { Search, TriangleAlert } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { ChangedFileView } from '../../contract/changes.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { plural } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { controlClass } from '../design/field.tsx';
import { LineCounts, StatusLetter } from './change-counts.tsx';
import { fileName, filterFiles, groupByFolder } from './file-tree.ts';

/** From this many files on, a filter is shown. */
const filterThreshold = 8;
const fileBatch = 400;

type ListProps = {
  files: readonly ChangedFileView[];
  /** Of all files, including those that the daemon does not list. */
  fileCount: number;
  conflicts: ReadonlySet<string>;
  selected: string | null;
  onSelect: (path: string) => void;
};

/** The changed files by folder, with a filter if there are many. */
export function FileList({ files, fileCount, conflicts, selected, onSelect }: ListProps) {
  const [filter, setFilter] = useState('');
  const [limit, setLimit] = useState(fileBatch);
  const deferredFilter = useDeferredValue(filter);
  const matches = useMemo(() => filterFiles(files, deferredFilter), [files, deferredFilter]);
  const folders = useMemo(() => groupByFolder(matches.slice(0, limit)), [matches, limit]);
  const unlisted = fileCount - files.length;
  return (
    <nav
      aria-label="Changed files"
      className="flex max-h-44 shrink-0 flex-col border-b @3xl:max-h-none @3xl:w-64 @3xl:border-r @3xl:border-b-0 @6xl:w-76"
    >
      {files.length < filterThreshold ? null : <Filter filter={filter} onFilter={setFilter} />}
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto p-2">
        {matches.length === 0 ? <p className="px-2 text-muted">No file matches.</p> : null}
        {folders.map(({ folder, files: folderFiles }) => (
          <section key={folder} aria-label={folder === '' ? 'Top folder' : cleanText(folder)}>
            {folder === '' ? null : (
              <p
                title={cleanText(folder)}
                className="truncate px-2 pt-2 pb-0.5 text-muted text-sm [direction:rtl] text-left"
              >
                <bdi>{cleanText(folder)}</bdi>
              </p>
            )}
            <ul>
              {folderFiles.map((file) => (
                <FileRow
                  key={file.path}
                  file={file}
                  hasConflict={conflicts.has(file.path)}
                  isSelected={file.path === selected}
                  onSelect={() => onSelect(file.path)}
                />
              ))}
            </ul>
          </section>
        ))}
        {matches.length <= limit ? null : (
          <Button size="small" tone="quiet" onClick={() => setLimit(limit + fileBatch)}>
            Show more of {plural(matches.length, 'file')}
          </Button>
        )}
        {unlisted > 0 ? (
          <p className="px-2 py-1 text-muted text-sm">
            {plural(unlisted, 'more file')} not listed. Use git to see them.
          </p>
        ) : null}
      </div>
    </nav>
  );
}

function Filter({ filter, onFilter }: { filter: string; onFilter: (filter: string) => void }) {
  return (
    <div className="relative shrink-0 px-2 pt-2">
      <Search aria-hidden size={14} className="absolute top-4 left-4 text-muted" />
      <input
        type="search"
        aria-label="Filter files"
        placeholder="Filter files"
        value={filter}
        spellCheck={false}
        onChange={(event) => onFilter(event.target.value)}
        className={classNames(controlClass, 'h-7 w-full pl-7')}
      />
    </div>
  );
}

function FileRow({
  file,
  hasConflict,
  isSelected,
  onSelect,
}: {
  file: ChangedFileView;
  hasConflict: boolean;
  isSelected: boolean;
  onSelect: () => void;
}) {
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  const { path, oldPath, status, additions, deletions } = file;
  return (
    <li>
      <button
        ref={row}
        type="button"
        aria-current={isSelected}
        title={cleanText(oldPath === null ? path : `${oldPath} → ${path}`)}
        onClick={onSelect}
        className={classNames(
          'flex h-7 w-full items-center gap-2 rounded-md px-2 text-left',
          isSelected ? 'bg-accent-soft' : 'hover:bg-hover',
        )}
      >
        <StatusLetter status={status} />
        <span
          className={classNames('min-w-0 flex-1 truncate', status === 'deleted' && 'line-through')}
        >
          <bdi>{cleanText(fileName(path))}</bdi>
        </span>
        {hasConflict ? (
          <TriangleAlert role="img" aria-label="Conflict" size={14} className="text-warn" />
        ) : null}
        <LineCounts additions={additions} deletions={deletions} />
      </button>
    </li>
  );
}
