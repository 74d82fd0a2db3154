import { readFile, stat } from 'node:fs/promises';
import { decodeText } from '../../../../lib/decode-text.ts';
import { systemErrorCode } from '../../../../lib/system-error.ts';
import { ToolError } from './tool.ts';
import type { ResolvedPath } from './working-folder.ts';

/** Larger files are not source code; commands such as `sed -n` can read parts of them. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

export type FileContent = { readonly bytes: Buffer; readonly text: string | null };

/** The content of a file. `text` is null for binary files. Throws `ToolError` if there is no readable file. */
export async function readContent({ path, name }: ResolvedPath): Promise<FileContent> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory())
      throw new ToolError(`${name} is a folder. Use ls to see what is in it.`);
    if (!stats.isFile()) throw new ToolError(`${name} is neither a file nor a folder.`);
    if (stats.size > MAX_FILE_BYTES)
      throw new ToolError(`${name} is too large to read at once (${stats.size} bytes).`);
    const bytes = await readFile(path);
    return { bytes, text: decodeText(bytes) };
  } catch (error) {
    throw asToolError(error, name);
  }
}

/** The same; null if there is no such file. */
export async function readContentIfExists(file: ResolvedPath): Promise<FileContent | null> {
  try {
    await stat(file.path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw asToolError(error, file.name);
  }
  return readContent(file);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be opened: permission denied',
  EPERM: 'cannot be changed: permission denied',
  EROFS: 'cannot be changed: the file system is read-only',
  ENOSPC: 'cannot be written: the disk is full',
  ENOTDIR: 'does not exist: a part of the path is a file',
  EISDIR: 'is a folder',
};

/** Converts a system error to a message for the model. */
export function asToolError(error: unknown, name: string): unknown {
  const reason = REASONS[systemErrorCode(error) ?? ''];
  return reason === undefined ? error : new ToolError(`${name} ${reason}.`);
}
