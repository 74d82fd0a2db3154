import { readFileSync } from 'node:fs';
import { systemErrorCode } from './system-error.ts';

/** The text of a file; null if it does not exist. @throws the error of the file system if it cannot be read */
export function readFileIfExists(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
