import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CornerLeftUp, History } from 'lucide-react';
import { useState } from 'react';
import type { FolderList } from '../../contract/folders.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { FolderRow, GitBadge } from './folder-row.tsx';

/** Browses the folders of the daemon's machine to select one. */
export function FolderDialog({
  start,
  onSelect,
  onClose,
}: {
  /** The initial folder. Empty, or a path that cannot be listed, means the home folder. */
  start: string;
  onSelect: (path: string) => void;
  onClose: () => void;
}) {
  const [requestedPath, setRequestedPath] = useState<string | null>(
    isAbsolute(start) ? start.trim() : null,
  );
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['folders', requestedPath],
    queryFn: () => api.folders(requestedPath),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  return (
    <Dialog
      title="Choose a folder"
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <ActionButton
            tone="primary"
            disabled={data === undefined || isPlaceholderData || error !== null}
            onClick={() => data !== undefined && onSelect(data.path)}
          >
            Use this folder
          </ActionButton>
        </>
      }
    >
      <div className="scroll-thin flex h-96 min-h-0 flex-col overflow-y-auto p-2 max-sm:h-auto">
        {error === null ? null : (
          <div className="flex flex-col items-start gap-2 p-2">
            <Failure error={error} />
            <Button onClick={() => setRequestedPath(null)}>Go to the home folder</Button>
          </div>
        )}
        {data === undefined || error !== null ? null : (
          <FolderContents list={data} onOpen={setRequestedPath} onSelect={onSelect} />
        )}
      </div>
    </Dialog>
  );
}

function FolderContents({
  list,
  onOpen,
  onSelect,
}: {
  list: FolderList;
  onOpen: (path: string) => void;
  /** A recent folder is selected directly, because its location may not be listed. */
  onSelect: (path: string) => void;
}) {
  const { path, parent, isRepository, folders, isCut, recent } = list;
  const others = recent.filter((one) => one.path !== path);
  return (
    <>
      <p className="flex items-center gap-2 px-2 py-1">
        <code className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]">
          {cleanText(path)}
        </code>
        {isRepository ? <GitBadge /> : null}
      </p>
      {parent === null && others.length > 0 ? (
        <section aria-label="Recent folders" className="mb-2 border-b pb-2">
          <h3 className="px-2 py-1 font-medium text-muted text-sm">Recent</h3>
          {others.map((one) => (
            <FolderRow
              key={one.path}
              folder={one}
              name={one.path}
              icon={History}
              onOpen={onSelect}
            />
          ))}
        </section>
      ) : null}
      <section aria-label="Folders">
        {parent === null ? null : (
          <FolderRow
            folder={{ path: parent, isRepository: false }}
            name="Parent folder"
            icon={CornerLeftUp}
            onOpen={onOpen}
          />
        )}
        {folders.map((one) => (
          <FolderRow key={one.path} folder={one} name={one.name} onOpen={onOpen} />
        ))}
        {folders.length === 0 ? (
          <p className="px-2 py-1 text-muted text-sm">There are no folders in it.</p>
        ) : null}
      </section>
      {isCut ? (
        <p className="px-2 py-1 text-muted text-sm">
          More folders are not shown. Close this and type the path.
        </p>
      ) : null}
    </>
  );
}

const isAbsolute = (path: string): boolean => /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path.trim());
