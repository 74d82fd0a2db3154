import { readdir } from 'node:fs/promises';
import { join, matchesGlob, sep } from 'node:path';
import type { ToolOutcome } from '../../stream/tool-calls.ts';
import { machineArtifacts, WorkspaceError } from '../inside.ts';
import type { Performance } from '../performance.ts';

const mostShownBytes = 20_000;
const mostListedFiles = 200;

export async function writeFileStep(
  performance: Performance,
  path: string,
  text: string,
): Promise<void> {
  if (path.startsWith(`${machineArtifacts}/`)) {
    return putArtifact(performance, path.slice(machineArtifacts.length + 1), text);
  }
  const { narrator, workspace } = performance;
  await narrator.tool('edit', { path: workspace.machinePath(path) }, () =>
    guarded(async () => {
      await workspace.write(path, text);
      return { linesAdded: lineCount(text), linesRemoved: 0 };
    }),
  );
}

export async function appendFileStep(
  performance: Performance,
  path: string,
  text: string,
): Promise<void> {
  const { narrator, workspace } = performance;
  await narrator.tool('edit', { path: workspace.machinePath(path) }, () =>
    guarded(async () => {
      const before = await workspace.read(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      // Cut off by a restart between the writing and its report: the text is there already.
      if (!before.endsWith(text)) await workspace.write(path, before + text);
      return { linesAdded: lineCount(text), linesRemoved: 0 };
    }),
  );
}

/** Puts one text in place of another; a text that is not there is the tool's failure. */
export async function editFileStep(
  { narrator, workspace }: Performance,
  path: string,
  before: string,
  after: string,
): Promise<void> {
  await narrator.tool('edit', { path: workspace.machinePath(path) }, () =>
    guarded(async () => {
      const text = await workspace.read(path);
      await workspace.write(path, replaceOnce(text, path, before, after));
      return { linesAdded: lineCount(after), linesRemoved: lineCount(before) };
    }),
  );
}

/** Throws `WorkspaceError` when the text is not in the file. */
export function replaceOnce(text: string, path: string, before: string, after: string): string {
  const place = text.indexOf(before);
  if (place === -1) throw new WorkspaceError(`${path} does not contain ${JSON.stringify(before)}`);
  return text.slice(0, place) + after + text.slice(place + before.length);
}

export async function deleteFileStep({ narrator, workspace }: Performance, path: string) {
  await narrator.tool('delete', { path: workspace.machinePath(path) }, () =>
    guarded(async () => {
      await workspace.remove(path);
      return {};
    }),
  );
}

export async function readFileStep({ narrator, workspace }: Performance, path: string) {
  return narrator.tool('read', { path: workspace.machinePath(path) }, () =>
    guarded(async () => {
      const content = await workspace.read(path);
      return {
        content: content.slice(0, mostShownBytes),
        totalLines: lineCount(content),
        fileSize: Buffer.byteLength(content),
      };
    }),
  );
}

export async function globStep({ narrator, workspace }: Performance, globPattern: string) {
  return narrator.tool('glob', { globPattern, targetDirectory: workspace.machinePath('') }, () =>
    guarded(async () => {
      const found = (await filesIn(workspace.root)).filter((file) =>
        matchesGlob(file, globPattern),
      );
      return {
        files: found.slice(0, mostListedFiles),
        totalFiles: found.length,
        clientTruncated: found.length > mostListedFiles,
        ripgrepTruncated: false,
      };
    }),
  );
}

export async function putArtifact(
  { narrator, artifacts, run }: Performance,
  name: string,
  text: string,
): Promise<void> {
  await narrator.tool('edit', { path: `${machineArtifacts}/${name}` }, () =>
    guarded(async () => {
      await artifacts.putText(run.agentId, name, text);
      return { linesAdded: lineCount(text), linesRemoved: 0 };
    }),
  );
}

/** Files of a folder, as relative paths in a stable order, without what belongs to git. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((path) => !path.split('/').includes('.git'))
    .sort();
}

/** A tool that cannot do its work reports it in its result; the agent continues, as a real one would. */
export async function guarded(work: () => Promise<object>): Promise<ToolOutcome> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof WorkspaceError || isSystemError(error)) {
      return { ok: false, error: error.message };
    }
    throw error;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error;

const lineCount = (text: string): number => text.split('\n').length;
