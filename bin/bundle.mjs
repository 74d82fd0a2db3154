// Plain JavaScript for any Node from 20 on: decides whether a program runs from the bundle in `dist/programs` or, in a
// clone whose sources have changed since the last build, from the sources themselves.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './find-node.mjs';

export const bundleFolder = join(root, 'dist', 'programs');
/** What the bundle was made from. A clone has it, an installed package does not. */
export const inputsFile = join(root, 'dist', 'programs.json');

/** Whether there is a bundle in this installation, and it says the same as the sources next to it. */
export function isBundleFresh(installation = root) {
  if (!existsSync(join(installation, 'dist', 'programs'))) return false;
  const inputs = readInputs(join(installation, 'dist', 'programs.json'));
  // Without sources the bundle is all there is.
  if (inputs === null) return !existsSync(join(installation, 'src'));
  return inputs.every((input) => isUnchanged(installation, input));
}

/** `[path, size, time of change, hash]` of each file that the bundle was made from; null if that is not known. */
function readInputs(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null; // Never built, or the build was ended halfway.
  }
}

/** The time alone is no proof (a clone sets it again), but the same time and size spare reading the file. */
function isUnchanged(installation, [path, sizeBytes, changedAtMs, hash]) {
  const file = `${installation}/${path}`;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.size !== sizeBytes) return false;
  return found.mtimeMs === changedAtMs || hashOfFile(file) === hash;
}

/** Loaded here: cryptography takes longer to load than everything else in this file takes to run. */
export function hashOfFile(file) {
  const { createHash } = createRequire(import.meta.url)('node:crypto');
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
