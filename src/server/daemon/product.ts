import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The folder of this installation: with `package.json`, `examples` and the built app. */
export const PRODUCT_FOLDER = folderWithPackage(import.meta.dirname);

export function productVersion(): string {
  const text = readFileSync(join(PRODUCT_FOLDER, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** Sources and bundle lie at different depths below it. */
function folderWithPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
  return folderWithPackage(parent);
}
