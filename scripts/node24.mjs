// Plain JavaScript for any Node from 20 on: it finds the Node that the programs themselves need.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this installation. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs TypeScript as it is and has the `node:sqlite` that the journal needs. */
const oldest = { major: 24, minor: 15 };
export const oldestNode = `${oldest.major}.${oldest.minor}`;

/** Whether the Node that runs this is new enough by itself. */
export function isThisNodeEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

/** Path of a Node that is new enough: this one, or the one among our dependencies; null when there is neither. */
export function findNode() {
  if (isThisNodeEnough()) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const ours = join(root, 'node_modules', 'node', 'bin', name);
  return existsSync(ours) ? ours : null;
}
