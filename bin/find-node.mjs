// Plain JavaScript for any Node from 20 on: it finds the Node that the programs need.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this installation. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the bundle: it has the `node:sqlite` that the journal needs, with backups. `engines` says the same. */
export const oldestForBundle = { major: 22, minor: 16 };

/** Runs the TypeScript sources as they are. */
export const oldestForSources = { major: 24, minor: 15 };

/** Whether the Node that runs this is new enough by itself. */
export function isThisNodeEnough(oldest) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

/**
 * Path of a Node that is new enough: this one, or the one among the packages of a clone; null when there is neither.
 * Tests and builds need the one that runs the sources.
 */
export function findNode(oldest = oldestForSources) {
  if (isThisNodeEnough(oldest)) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const ours = join(root, 'node_modules', 'node', 'bin', name);
  return existsSync(ours) ? ours : null;
}
