import { ApiError } from '../../contract/errors.ts';
import type { FileContent } from '../../contract/responses.ts';
import { api } from '../kernel/api.ts';

/** As much as the daemon reads of a workflow file. */
const mostBytes = 8 * 1024 * 1024;

/** The browser hides where a chosen or dropped file lives, so a copy of it becomes a file of ours. */
export async function importFile(file: File): Promise<FileContent> {
  const name = file.name.replace(/\.(cerevisor|opaal|json)$/i, '').slice(0, 120);
  if (file.size > mostBytes)
    throw refusal('file_too_large', `"${file.name}" is too large for a workflow.`);
  return api.createFile({
    name: name.trim() || 'Workflow',
    text: textIn(file, await bytesOf(file)),
  });
}

async function bytesOf(file: File): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    // The browser does not tell why; a folder is what people drop without noticing.
    throw refusal(
      'file_unreadable',
      `"${file.name}" cannot be read.`,
      'Drop a file, not a folder.',
    );
  }
}

function textIn(file: File, bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const encoding = isWide ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw refusal('file_not_text', `"${file.name}" is not a workflow, because it is not text.`);
  }
}

const refusal = (code: string, message: string, suggestion = 'No workflow was created.') =>
  new ApiError(422, { code, message, suggestion });
