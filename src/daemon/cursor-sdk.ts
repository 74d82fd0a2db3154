import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../lib/system-error.ts';

const packageSchema = z.object({ version: z.string() });

/** The version of the Cursor SDK that local agents use; null if it is not installed. */
export function cursorSdkVersion(): string | null {
  const folders = createRequire(import.meta.url).resolve.paths('@cursor/sdk') ?? [];
  for (const folder of folders) {
    try {
      const file = join(folder, '@cursor', 'sdk', 'package.json');
      return packageSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    }
  }
  return null;
}
