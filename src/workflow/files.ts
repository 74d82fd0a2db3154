import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { decodeText } from '../lib/decode-text.ts';
import { replaceFile } from '../lib/durable-file.ts';
import { formatSize } from '../lib/format.ts';
import { isNotFoundError, systemErrorReason } from '../lib/system-error.ts';
import { formatWorkflow } from './format.ts';
import { MAX_TEXT_LENGTH } from './parse/json-text.ts';
import { parseWorkflow } from './parse.ts';
import type { Problem } from './problem.ts';
import type { Workflow } from './schema.ts';

export type WorkflowFileErrorCode =
  | 'file_missing'
  | 'file_unreadable'
  | 'file_unwritable'
  | 'not_a_file'
  | 'file_too_large'
  | 'file_not_text'
  | 'file_invalid'
  | 'changed_on_disk';

export type WorkflowFileError = {
  readonly code: WorkflowFileErrorCode;
  readonly message: string;
  readonly suggestion: string;
  /** Problems inside the file; only with `file_invalid`. */
  readonly problems?: readonly Problem[];
};

export type OpenedWorkflow = {
  readonly workflow: Workflow;
  /** SHA-256 of the bytes on disk, in hex. Pass it when saving, so that no other change is overwritten. */
  readonly hash: string;
  readonly notices: readonly Problem[];
  readonly locate: (found: Problem) => Problem;
};

type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: WorkflowFileError };

/** Reads a `.cerevisor` file, or an older `.opaal` file, which has the same content. */
export async function openWorkflow(path: string): Promise<Result<OpenedWorkflow>> {
  const read = await readWorkflowText(path);
  if (!read.ok) return read;
  const parsed = parseWorkflow(read.value.text);
  if (!parsed.ok)
    return failure(
      'file_invalid',
      `${path} is not a valid workflow: ${parsed.problems[0]?.message ?? 'it cannot be read.'}`,
      'Correct the problem; the file was not changed.',
      parsed.problems,
    );
  const { workflow, notices, locate } = parsed;
  return { ok: true, value: { workflow, notices, locate, hash: read.value.hash } };
}

/**
 * Writes a workflow atomically. The formatting and unchanged fields of the file are preserved. Returns the hash of the new
 * content on disk.
 */
export async function saveWorkflow(
  path: string,
  workflow: Workflow,
  options: SaveOptions = {},
): Promise<Result<{ hash: string }>> {
  const current = await readWorkflowText(path);
  const text = formatWorkflow(workflow, current.ok ? current.value.text : undefined);
  return saveOver(current, path, text, options);
}

export type SaveOptions = {
  /**
   * Hash of the file that was opened; `null` if there was none. If the file was changed, created or removed since then,
   * saving fails with `changed_on_disk`. If absent, any existing file is replaced.
   */
  readonly expectedHash?: string | null;
};

/** Writes text unchanged, with the same checks as `saveWorkflow`. */
export async function saveWorkflowText(
  path: string,
  text: string,
  options: SaveOptions = {},
): Promise<Result<{ hash: string }>> {
  return saveOver(await readWorkflowText(path), path, text, options);
}

async function saveOver(
  current: Result<WorkflowText>,
  path: string,
  text: string,
  { expectedHash }: SaveOptions,
): Promise<Result<{ hash: string }>> {
  const replaceable: WorkflowFileErrorCode[] = ['file_missing', 'file_not_text'];
  if (!current.ok && !replaceable.includes(current.error.code)) return current;
  const currentHash = current.ok ? current.value.hash : null;
  if (expectedHash !== undefined && currentHash !== expectedHash)
    return failure(
      'changed_on_disk',
      `${path} was changed by another program since it was opened.`,
      'Open it again and repeat your change, or save it under another name.',
    );
  const hash = hashOf(Buffer.from(text));
  if (currentHash === hash) return { ok: true, value: { hash } };
  try {
    await replaceFile(path, text);
    return { ok: true, value: { hash } };
  } catch (error) {
    return failure(
      'file_unwritable',
      `${path} could not be written: ${systemErrorReason(error)}.`,
      'Check that the folder exists, is writable, and has free space. The old file was not changed.',
    );
  }
}

export type WorkflowText = {
  readonly text: string;
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
};

/** Reads the text of a workflow file, whether or not it is a valid workflow. */
export async function readWorkflowText(path: string): Promise<Result<WorkflowText>> {
  try {
    const stats = await stat(path);
    // Reading a pipe or a device could wait forever.
    if (!stats.isFile())
      return failure('not_a_file', `${path} is not a file.`, 'Name a .cerevisor file.');
    if (stats.size > MAX_TEXT_LENGTH)
      return failure(
        'file_too_large',
        `${path} is ${formatSize(stats.size)} large, which is too large for a workflow.`,
        'Check that it is the right file.',
      );
    const bytes = await readFile(path);
    const text = decodeText(bytes);
    if (text === null) return notText(path);
    return { ok: true, value: { text, hash: hashOf(bytes), modifiedAt: stats.mtimeMs } };
  } catch (error) {
    return readFailure(path, error);
  }
}

function readFailure(path: string, error: unknown): Result<never> {
  if (isNotFoundError(error))
    return failure('file_missing', `${path} does not exist.`, 'Check the name and the folder.');
  return failure(
    'file_unreadable',
    `${path} could not be read: ${systemErrorReason(error)}.`,
    'Check the path and the permissions of the file.',
  );
}

const notText = (path: string) =>
  failure(
    'file_not_text',
    `${path} is not UTF-8 or UTF-16 text.`,
    'Check that this is a workflow file, and save it as UTF-8.',
  );

function failure(
  code: WorkflowFileErrorCode,
  message: string,
  suggestion: string,
  problems?: readonly Problem[],
): { ok: false; error: WorkflowFileError } {
  const error = { code, message, suggestion };
  return { ok: false, error: problems === undefined ? error : { ...error, problems } };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
