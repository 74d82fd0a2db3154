import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { replaceFile } from '../lib/durable-file.ts';
import { systemErrorCode } from '../lib/system-error.ts';

/** The secret that daemons prove themselves with; made once for a home folder, and readable by its user alone. */
export async function runnerSecret(file: string): Promise<string> {
  const known = readIfThere(file)?.trim() ?? '';
  if (known !== '') return known;
  const secret = randomBytes(32).toString('base64url');
  await replaceFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
