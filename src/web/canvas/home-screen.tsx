import { Copy, FilePlus2, FileText, FolderOpen, Upload, Workflow, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { FileEntry } from '../../contract/responses.ts';
import { Button } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { EmptyState } from '../design/empty-state.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { Age } from '../design/relative-time.tsx';
import { ActionButton, useIsOffline } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { useFiles } from '../kernel/queries.ts';
import { navigate } from '../kernel/route.ts';
import { useAction } from '../kernel/use-action.ts';
import { RecentSessions } from '../sessions/recent-sessions.tsx';
import { importFile } from './import-file.ts';
import { type CreateFiles, useCreateFiles } from './use-create-files.ts';

/** The home screen: new, recent and example workflows. */
export function HomeScreen() {
  const files = useFiles();
  const createFiles = useCreateFiles();

  const importOne = (file: File) => createFiles('The file was not opened', () => importFile(file));

  return (
    <main className="scroll-thin min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-240 flex-col gap-8 px-4 py-6 sm:px-8 sm:py-10">
        <header>
          <h1 className="font-semibold text-xl">Workflows</h1>
          <p className="text-muted">
            Design agents, run them on this machine or in the cloud, and come back whenever you
            like.
          </p>
        </header>
        <div className="grid gap-4 md:grid-cols-2">
          <NewFile createFiles={createFiles} />
          <OpenByPath onSelect={importOne} />
        </div>
        {files.isError ? (
          <Failure error={files.error} onRetry={() => void files.refetch()} />
        ) : null}
        <FileSection title="Recent" entries={files.data?.recent} createFiles={createFiles}>
          <EmptyState icon={Workflow} title="No workflows yet">
            Create a new workflow, open an example, or drop a .cerevisor file here.
          </EmptyState>
        </FileSection>
        <RecentSessions />
        <FileSection
          title="Examples"
          entries={files.data?.examples}
          createFiles={createFiles}
          areExamples
        />
      </div>
    </main>
  );
}

function NewFile({ createFiles }: { createFiles: CreateFiles }) {
  const [name, setName] = useState('');
  return (
    <form
      className="flex items-end gap-2 rounded-lg border bg-surface p-4"
      onSubmit={(event) => {
        event.preventDefault();
        void createFiles('The workflow was not created', () =>
          api.createFile({ name: name.trim() || 'Untitled workflow' }),
        );
      }}
    >
      <Field label="New workflow" className="flex-1">
        <TextInput
          value={name}
          placeholder="Untitled workflow"
          maxLength={120}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <ActionButton type="submit" tone="primary">
        <FilePlus2 aria-hidden size={14} /> Create
      </ActionButton>
    </form>
  );
}

function OpenByPath({ onSelect }: { onSelect: (file: File) => Promise<void> }) {
  const [path, setPath] = useState('');
  return (
    <form
      className="flex items-end gap-2 rounded-lg border bg-surface p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (path.trim() !== '') navigate({ file: path.trim() });
      }}
    >
      <Field label="Open a file" className="flex-1">
        <TextInput
          id="open-file-path"
          value={path}
          placeholder="/path/to/file.cerevisor"
          onChange={(event) => setPath(event.target.value)}
        />
      </Field>
      <Button type="submit">
        <FolderOpen aria-hidden size={14} /> Open
      </Button>
      <label className="relative inline-flex">
        <span className="sr-only">Import a file</span>
        <input
          type="file"
          accept=".cerevisor,.opaal,.json"
          className="absolute inset-0 z-10 w-full opacity-0"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file) void onSelect(file);
            event.target.value = '';
          }}
        />
        <span className="inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2.5 font-medium">
          <Upload aria-hidden size={14} /> Import
        </span>
      </label>
    </form>
  );
}

function FileSection({
  title,
  entries,
  createFiles,
  areExamples = false,
  children,
}: {
  title: string;
  entries: readonly FileEntry[] | undefined;
  createFiles: CreateFiles;
  areExamples?: boolean;
  children?: ReactNode;
}) {
  if (entries === undefined || (entries.length === 0 && children === undefined)) return null;
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h2 className="font-semibold">{title}</h2>
      {entries.length === 0 ? (
        <div className="flex rounded-lg border bg-surface">{children}</div>
      ) : (
        <ul className="divide-y rounded-lg border bg-surface">
          {entries.map((entry) => (
            <FileRow
              key={entry.path}
              entry={entry}
              createFiles={createFiles}
              isExample={areExamples}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function FileRow({
  entry,
  createFiles,
  isExample,
}: {
  entry: FileEntry;
  createFiles: CreateFiles;
  isExample: boolean;
}) {
  const isMissing = entry.modifiedAt === null;
  const isOffline = useIsOffline();
  const forget = useAction(
    'The file could not be removed from the list',
    () => api.forgetFile(entry.path),
    {
      done: () => `${entry.name} was removed from the list; the file is kept`,
    },
  );
  const duplicate = () =>
    void createFiles('The file could not be copied', () => api.duplicateFile({ path: entry.path }));
  return (
    <li className="relative flex items-center gap-3 px-4 py-2 hover:bg-hover">
      <FileText aria-hidden size={16} className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <button
          type="button"
          disabled={isMissing}
          // Examples belong to the installation, so opening one opens a copy.
          onClick={() => (isExample ? duplicate() : navigate({ file: entry.path }))}
          className="block max-w-full truncate text-left font-medium after:absolute after:inset-0"
        >
          {entry.name}
        </button>
        <p
          title={isExample ? undefined : entry.path}
          className={classNames('text-muted text-sm', isExample ? 'line-clamp-2' : 'truncate')}
        >
          {isExample ? entry.description : entry.shortPath}
        </p>
      </div>
      {isExample ? null : (
        <span className="shrink-0 text-muted text-sm">
          {entry.modifiedAt === null ? 'No longer exists' : <Age instant={entry.modifiedAt} />}
        </span>
      )}
      {isMissing ? null : (
        <IconButton
          label={`Duplicate ${entry.name}`}
          icon={Copy}
          className="relative"
          disabled={isOffline}
          onClick={duplicate}
        />
      )}
      {isExample ? null : (
        <IconButton
          label={`Remove ${entry.name} from this list`}
          icon={X}
          className="relative"
          disabled={isOffline || forget.isPending}
          onClick={() => forget.mutate()}
        />
      )}
    </li>
  );
}
