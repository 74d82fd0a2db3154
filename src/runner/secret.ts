import { randomBytes } from 'node:crypto';
import { replaceFile } from '../lib/durable-file.ts';
import { readFileIfExists } from '../lib/read-file-if-exists.ts';

/** The secret with which daemons authenticate; created once for a home folder, and readable only by its user. */
export async function runnerSecret(file: string): Promise<string> {
  const existing = readFileIfExists(file)?.trim() ?? '';
  if (existing !== '') return existing;
  const secret = randomBytes(32).toString('base64url');
  await replaceFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
