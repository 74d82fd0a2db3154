// Plain JavaScript for any Node from 20 on: it finds the Node that the programs need.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this installation. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The first Node of each line that runs the bundle: from there on `node:sqlite` brings SQLite 3.51.3, and older ones
 * can damage a journal. `engines` in package.json says the same.
 */
export const oldestForBundle = ['22.22.3', '24.15.0'];

/** Runs the TypeScript sources as they are. */
export const oldestForSources = ['24.15.0'];

/** Whether a Node is new enough: at least the first of its own line, or of a newer line than all of them. */
export function isNodeEnough(oldest, version = process.versions.node) {
  const [major, ...rest] = numbersOf(version);
  const lines = oldest.map(numbersOf);
  const own = lines.find((line) => line[0] === major);
  if (own === undefined) return major > lines.at(-1)[0];
  const different = rest.findIndex((number, index) => number !== own[index + 1]);
  return different === -1 || rest[different] > own[different + 1];
}

/** A pre-release counts as the release that it comes before. */
const numbersOf = (version) => version.split('-')[0].split('.').map(Number);

/**
 * Path of a Node that is new enough: this one, or the one among the packages of a clone; null when there is neither.
 * Tests and builds need the one that runs the sources.
 */
export function findNode(oldest = oldestForSources) {
  if (isNodeEnough(oldest)) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const ours = join(root, 'node_modules', 'node', 'bin', name);
  return existsSync(ours) ? ours : null;
}
