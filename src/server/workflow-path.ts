import { realpath } from 'node:fs/promises';
import { basename, extname, isAbsolute } from 'node:path';
import type { Outcome } from '../engine/api.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { failed } from './failure.ts';

/** `.opaal` is the old extension for the same format. */
const extensions = new Set(['.cerevisor', '.opaal']);

/**
 * Checks that a path refers to a workflow file; null if it does. Other files are never read or written for a client, so
 * that a stolen cookie cannot be used to read keys or to change the settings of other programs. Links are resolved,
 * because a cloned repository may contain links.
 */
export async function checkWorkflowPath(
  path: string,
): Promise<(Outcome<never> & { ok: false }) | null> {
  // Relative paths are rejected, because the daemon does not know the client's current folder.
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
    // Missing or inaccessible, which opening it will report.
    if (systemErrorCode(error) === undefined) throw error;
    return path;
  }
}
