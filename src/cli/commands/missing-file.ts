import { existsSync } from 'node:fs';
import path from 'node:path';
import { PRODUCT_FOLDER } from '../../lib/product.ts';

const EXTENSION = '.cerevisor';

/**
 * What to do if a workflow file does not exist: the file that was probably meant, with its extension or among the examples
 * of this installation.
 */
export function missingFileSuggestion(
  file: string,
  productFolder: string = PRODUCT_FOLDER,
): string {
  const withExtension = path.extname(file) === EXTENSION ? file : `${file}${EXTENSION}`;
  if (existsSync(withExtension)) return `Did you mean ${path.basename(withExtension)}?`;
  const example = path.join(productFolder, 'examples', path.basename(withExtension));
  if (existsSync(example)) return `An example with this name comes with Cerevisor: ${example}`;
  return 'Name a .cerevisor file; relative paths start from the current folder.';
}
