import { ApiError } from '../../contract/errors.ts';
import type { FileContent } from '../../contract/responses.ts';
import { api } from '../kernel/api.ts';

/** The size limit of the daemon for workflow files. */
const maxBytes = 8 * 1024 * 1024;

/** Browsers hide the path of a chosen or dropped file, so a copy of it is created. */
export async function importFile(file: File): Promise<FileContent> {
  const name = file.name.replace(/\.(cerevisor|opaal|json)$/i, '').slice(0, 120);
  if (file.size > maxBytes)
    throw importError('file_too_large', `"${file.name}" is too large for a workflow.`);
  return api.createFile({
    name: name.trim() || 'Workflow',
    text: decodeText(file, await readBytes(file)),
  });
}

async function readBytes(file: File): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    // Browsers give no reason; the most common one is a dropped folder.
    throw importError(
      'file_unreadable',
      `"${file.name}" cannot be read.`,
      'Drop a file, not a folder.',
    );
  }
}

function decodeText(file: File, bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw importError('file_not_text', `"${file.name}" is not a workflow, because it is not text.`);
  }
}

const importError = (code: string, message: string, suggestion = 'No workflow was created.') =>
  new ApiError(422, { code, message, suggestion });
