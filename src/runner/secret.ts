import { randomBytes } from 'node:crypto';
import { replaceFile } from '../lib/durable-file.ts';
import { readFileIfExists } from '../lib/read-file-if-exists.ts';

/** The secret that daemons prove themselves with; made once for a home folder, and readable by its user alone. */
export async function runnerSecret(file: string): Promise<string> {
  const known = readFileIfExists(file)?.trim() ?? '';
  if (known !== '') return known;
  const secret = randomBytes(32).toString('base64url');
  await replaceFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
