import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import type { StartBody } from '../../contract/requests.ts';

export type RepositoryTarget = NonNullable<StartBody['repositories']>[number];

/**
 * Reads `URL` or `URL#REF`. A ref may hold a `#`, so the first one counts; a folder on this machine may hold one too,
 * so there the longest path that exists does. A relative path starts from the folder that one is in.
 * @example parseRepository('https://github.com/acme/shop#feature/#12-cart')
 */
export function parseRepository(
  text: string,
  isFolder: (path: string) => boolean = existsSync,
): RepositoryTarget {
  const marks = [...text.matchAll(/#/g)].map(({ index }) => index);
  const ends = [text.length, ...marks.toReversed()];
  const isPath = /^(?:[/\\]|~[/\\]|\.{1,2}(?:[/\\#]|$)|[A-Za-z]:[/\\])/.test(text);
  const end =
    (isPath ? ends.find((at) => isFolder(pathOf(text.slice(0, at)))) : undefined) ??
    marks[0] ??
    text.length;
  const given = text.slice(0, end);
  const url = isPath ? pathOf(given) : given;
  const startingRef = text.slice(end + 1);
  return startingRef === '' ? { url } : { url, startingRef };
}

const pathOf = (path: string): string =>
  /^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : resolve(path);

/** For options that may be given several times. */
export const collectRepository = (
  text: string,
  before: readonly RepositoryTarget[] = [],
): RepositoryTarget[] => [...before, parseRepository(text)];

/** How agents are run, in this run alone. */
export const modeOption = (): Option =>
  new Option('-m, --mode <mode>', "overrides the file's run mode").choices(['local', 'cloud']);
