import { readdir } from 'node:fs/promises';
import { join, matchesGlob, sep } from 'node:path';
import type { ToolOutcome } from '../../stream/tool-calls.ts';
import type { RunContext } from '../run-context.ts';
import { machineArtifacts, WorkspaceError } from '../workspace-path.ts';

const maxContentBytes = 20_000;
const maxListedFiles = 200;

export async function writeFileStep(
  context: RunContext,
  path: string,
  text: string,
): Promise<void> {
  if (path.startsWith(`${machineArtifacts}/`)) {
    return putArtifact(context, path.slice(machineArtifacts.length + 1), text);
  }
  const { writer, workspace } = context;
  await writer.runTool('edit', { path: workspace.machinePath(path) }, () =>
    toToolOutcome(async () => {
      await workspace.write(path, text);
      return { linesAdded: lineCount(text), linesRemoved: 0 };
    }),
  );
}

export async function appendFileStep(
  context: RunContext,
  path: string,
  text: string,
): Promise<void> {
  const { writer, workspace } = context;
  await writer.runTool('edit', { path: workspace.machinePath(path) }, () =>
    toToolOutcome(async () => {
      const before = await workspace.read(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      // After a restart between the write and its report, the text is already there.
      if (!before.endsWith(text)) await workspace.write(path, before + text);
      return { linesAdded: lineCount(text), linesRemoved: 0 };
    }),
  );
}

/** Replaces a text; the tool fails if the file does not contain it. */
export async function editFileStep(
  { writer, workspace }: RunContext,
  path: string,
  before: string,
  after: string,
): Promise<void> {
  await writer.runTool('edit', { path: workspace.machinePath(path) }, () =>
    toToolOutcome(async () => {
      const text = await workspace.read(path);
      await workspace.write(path, replaceOnce(text, path, before, after));
      return { linesAdded: lineCount(after), linesRemoved: lineCount(before) };
    }),
  );
}

/** Throws `WorkspaceError` if the file does not contain the text. */
export function replaceOnce(text: string, path: string, before: string, after: string): string {
  const index = text.indexOf(before);
  if (index === -1) throw new WorkspaceError(`${path} does not contain ${JSON.stringify(before)}`);
  return text.slice(0, index) + after + text.slice(index + before.length);
}

export async function deleteFileStep({ writer, workspace }: RunContext, path: string) {
  await writer.runTool('delete', { path: workspace.machinePath(path) }, () =>
    toToolOutcome(async () => {
      await workspace.remove(path);
      return {};
    }),
  );
}

export async function readFileStep({ writer, workspace }: RunContext, path: string) {
  return writer.runTool('read', { path: workspace.machinePath(path) }, () =>
    toToolOutcome(async () => {
      const content = await workspace.read(path);
      return {
        content: content.slice(0, maxContentBytes),
        totalLines: lineCount(content),
        fileSize: Buffer.byteLength(content),
      };
    }),
  );
}

export async function globStep({ writer, workspace }: RunContext, globPattern: string) {
  return writer.runTool('glob', { globPattern, targetDirectory: workspace.machinePath('') }, () =>
    toToolOutcome(async () => {
      const matches = (await filesIn(workspace.root)).filter((file) =>
        matchesGlob(file, globPattern),
      );
      return {
        files: matches.slice(0, maxListedFiles),
        totalFiles: matches.length,
        clientTruncated: matches.length > maxListedFiles,
        ripgrepTruncated: false,
      };
    }),
  );
}

export async function putArtifact(
  { writer, artifacts, run }: RunContext,
  name: string,
  text: string,
): Promise<void> {
  await writer.runTool('edit', { path: `${machineArtifacts}/${name}` }, () =>
    toToolOutcome(async () => {
      await artifacts.putText(run.agentId, name, text);
      return { linesAdded: lineCount(text), linesRemoved: 0 };
    }),
  );
}

/** Relative paths of all files in a folder, sorted, without those of git. */
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

/** Turns an expected error into a failed tool result, so that the agent continues as a real one would. */
export async function toToolOutcome(work: () => Promise<object>): Promise<ToolOutcome> {
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
