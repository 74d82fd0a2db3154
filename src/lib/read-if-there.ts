import { readFileSync } from 'node:fs';
import { systemErrorCode } from './system-error.ts';

/**
 * The text of a file; null if there is none.
 *
 * @throws the error of the file system for one that is there and cannot be read
 */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
