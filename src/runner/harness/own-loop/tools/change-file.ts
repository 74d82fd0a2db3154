import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../../../lib/durable-file.ts';
import { countLines, unifiedDiff } from '../../../../lib/unified-diff.ts';
import { asToolError, readContentIfExists } from './file-content.ts';
import { done, type PermissionDetails, ToolError, type ToolResult } from './tool.ts';
import type { ResolvedPath, WorkingFolder } from './working-folder.ts';

/** Computes the new content of a file from the old one (null: no file). */
export type Change = (before: string | null, name: string) => string;

/** The permission details of a change. If it cannot be made, the call itself reports why. */
export async function changeDetails(
  folder: WorkingFolder,
  path: string,
  change: Change,
): Promise<PermissionDetails> {
  try {
    const { file, before, after } = await planChange(folder, path, change);
    return { path: file.name, diff: unifiedDiff(file.name, before, after) };
  } catch (error) {
    if (error instanceof ToolError) return { path };
    throw error;
  }
}

/** Applies the change to the current content, which may differ from that at the time of the permission request. */
export async function changeFile(
  folder: WorkingFolder,
  path: string,
  change: Change,
): Promise<ToolResult> {
  const { file, before, after } = await planChange(folder, path, change);
  if (before === after) return done(`${file.name} already has this content.`, { path: file.name });
  try {
    await mkdir(dirname(file.path), { recursive: true });
    await replaceFile(file.path, after);
  } catch (error) {
    throw asToolError(error, file.name);
  }
  const diff = unifiedDiff(file.name, before, after);
  const counts = countLines(diff);
  const verb = before === null ? 'Created' : 'Changed';
  return done(`${verb} ${file.name} (+${counts.linesAdded} -${counts.linesRemoved} lines).`, {
    path: file.name,
    ...counts,
    diffString: diff,
  });
}

async function planChange(folder: WorkingFolder, path: string, change: Change) {
  const file = await folder.toWrite(path);
  const before = await readText(file);
  return { file, before, after: change(before, file.name) };
}

async function readText(file: ResolvedPath): Promise<string | null> {
  const content = await readContentIfExists(file);
  if (content === null) return null;
  // Other encodings would be changed when the file is written.
  const { text, bytes } = content;
  if (text === null) throw new ToolError(`${file.name} is not a text file; use a command.`);
  const decoded = bytes.toString('utf8');
  if (!Buffer.from(decoded, 'utf8').equals(bytes))
    throw new ToolError(`${file.name} is not encoded in UTF-8; use a command.`);
  return decoded;
}
