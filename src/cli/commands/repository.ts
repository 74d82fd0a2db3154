import { Option } from 'commander';
import type { StartBody } from '../../server/contract/requests.ts';

export type RepositoryTarget = NonNullable<StartBody['repositories']>[number];

/**
 * Reads `URL` or `URL#REF`. The last `#` counts, since a ref has none and a local path may.
 * @example parseRepository('https://github.com/acme/shop#main')
 */
export function parseRepository(text: string): RepositoryTarget {
  const mark = text.lastIndexOf('#');
  if (mark === -1) return { url: text };
  const startingRef = text.slice(mark + 1);
  const url = text.slice(0, mark);
  return startingRef === '' ? { url } : { url, startingRef };
}

/** For options that may be given several times. */
export const collectRepository = (
  text: string,
  before: readonly RepositoryTarget[] = [],
): RepositoryTarget[] => [...before, parseRepository(text)];

/** How agents are run, in this run alone. */
export const modeOption = (): Option =>
  new Option('-m, --mode <mode>', "overrides the file's run mode").choices(['local', 'cloud']);
