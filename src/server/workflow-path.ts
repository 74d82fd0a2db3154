import { realpath } from 'node:fs/promises';
import { basename, extname, isAbsolute } from 'node:path';
import type { Outcome } from '../engine/api.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { failed } from './failure.ts';

/** `.opaal` is the extension of old; the content is the same. */
const extensions = new Set(['.cerevisor', '.opaal']);

/**
 * Why the daemon does not touch this path for a client, or null. Workflow files and nothing else: who gets hold of
 * a browser's cookie must not read keys with it, nor write settings that other programs carry out. A link counts as
 * what it leads to, since a cloned repository may bring links along.
 */
export async function checkWorkflowPath(
  path: string,
): Promise<(Outcome<never> & { ok: false }) | null> {
  // The daemon does not share the client's working folder, so only an absolute path means the same to both.
  if (!isAbsolute(path)) {
    return failed('bad_request', `"${path}" is not an absolute path.`, 'Use the full path.');
  }
  const isWorkflow = isWorkflowName(path) && isWorkflowName(await targetOf(path));
  if (isWorkflow) return null;
  return failed(
    'not_a_workflow_file',
    `${basename(path)} does not have the name of a workflow file, or is a link to another file.`,
    'Workflow files end in .cerevisor: rename the file.',
  );
}

const isWorkflowName = (path: string): boolean => extensions.has(extname(path).toLowerCase());

async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    // Not there, or not to be reached: anyone who opens it finds out and says so.
    if (systemErrorCode(error) === undefined) throw error;
    return path;
  }
}
