import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bin/find-node.mjs';

const folder = join(root, 'src', 'contract');

/**
 * The JavaScript expression with which both builds replace `CONTRACT_FINGERPRINT`: a hash of the contract's sources.
 */
export function contractFingerprint() {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(readFileSync(file)).update('\0');
  return JSON.stringify(hash.digest('hex').slice(0, 16));
}
