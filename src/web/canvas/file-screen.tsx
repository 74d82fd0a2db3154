import { type ReactNode, useEffect } from 'react';
import { ApiError } from '../../contract/errors.ts';
import type { FileContent } from '../../contract/responses.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { useConnectionState } from '../kernel/connection.ts';
import { Failure } from '../kernel/failure.tsx';
import { navigate } from '../kernel/route.ts';
import { CanvasScreen } from './canvas-screen.tsx';
import { openFile, reopenFile, useEditor } from './editor.ts';

/** Loads a file into the editor, or shows why it cannot be loaded. */
export function FileScreen({ path }: { path: string }) {
  const editor = useEditor();
  const connection = useConnectionState();
  useEffect(() => void openFile(path), [path]);
  const isUnreachable =
    editor.status === 'failed' && editor.error instanceof ApiError && editor.error.status === 0;
  useEffect(() => {
    if (isUnreachable && connection === 'live') void reopenFile(path);
  }, [isUnreachable, connection, path]);
  switch (editor.status) {
    case 'open':
      return <CanvasScreen key={editor.path} file={editor} />;
    case 'failed':
      return (
        <Page>
          <Failure error={editor.error} onRetry={() => void reopenFile(path)} />
          <Button onClick={() => navigate({ file: null })}>Back to all files</Button>
        </Page>
      );
    case 'unreadable':
      return <Unreadable file={editor.file} />;
    case 'loading':
    case 'closed':
      return <Page>Reading {path}…</Page>;
    default:
      return editor satisfies never;
  }
}

function Page({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex w-full max-w-180 flex-1 flex-col items-start gap-3 p-8">
      {children}
    </main>
  );
}

/** Shows the raw text to whoever has to repair it. */
function Unreadable({ file }: { file: FileContent }) {
  return (
    <Page>
      <h1 className="font-semibold text-xl">This file is not a valid workflow</h1>
      <p className="text-muted [overflow-wrap:anywhere]">{file.path}</p>
      {file.problems.map((problem) => (
        <div key={problem.message} className="w-full">
          <Callout tone={problem.severity} title={problem.message}>
            {problem.line === undefined ? '' : `Line ${problem.line}, column ${problem.column}. `}
            {problem.suggestion}
          </Callout>
        </div>
      ))}
      <textarea
        readOnly
        aria-label="Text of the file"
        rows={16}
        value={file.text.slice(0, 200_000)}
        className="scroll-thin w-full rounded-md border bg-sunken p-3 font-mono text-sm"
      />
      <div className="flex gap-2">
        <Button tone="primary" onClick={() => void reopenFile(file.path)}>
          Read again
        </Button>
        <Button onClick={() => navigate({ file: null })}>Back to all files</Button>
      </div>
    </Page>
  );
}
