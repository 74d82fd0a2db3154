import { readFile, stat } from 'node:fs/promises';
import { decodeText } from '../../../../lib/decode-text.ts';
import { systemErrorCode } from '../../../../lib/system-error.ts';
import { ToolProblem } from './own-tool.ts';
import type { Place } from './working-folder.ts';

/** A file larger than this is no source; commands such as `sed -n` read parts of it. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

export type FileContent = { readonly bytes: Buffer; readonly text: string | null };

/** What is in a file. `text` is null if it is no text. Throws `ToolProblem` where there is no file that can be read. */
export async function readContent({ path, name }: Place): Promise<FileContent> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new ToolProblem(`${name} is a folder. Use ls to see what is in it.`);
    if (!found.isFile()) throw new ToolProblem(`${name} is neither a file nor a folder.`);
    if (found.size > MAX_FILE_BYTES)
      throw new ToolProblem(`${name} is too large to read at once (${found.size} bytes).`);
    const bytes = await readFile(path);
    return { bytes, text: decodeText(bytes) };
  } catch (error) {
    throw asProblem(error, name);
  }
}

/** The same, null if there is no such file. */
export async function readIfThere(place: Place): Promise<FileContent | null> {
  try {
    await stat(place.path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw asProblem(error, place.name);
  }
  return readContent(place);
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

/** What the system says about a file, in words for the model. */
export function asProblem(error: unknown, name: string): unknown {
  const reason = REASONS[systemErrorCode(error) ?? ''];
  return reason === undefined ? error : new ToolProblem(`${name} ${reason}.`);
}
