import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The folder of this installation: with `package.json`, `examples` and the built app. */
export const PRODUCT_FOLDER = join(import.meta.dirname, '..', '..', '..');

export function productVersion(): string {
  const text = readFileSync(join(PRODUCT_FOLDER, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
