import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import type { StartBody } from '../../contract/requests.ts';

export type RepositoryTarget = NonNullable<StartBody['repositories']>[number];

/**
 * Parses `URL` or `URL#REF`. A ref may contain `#`, so the first one separates. A local path may contain one too, so there
 * the longest existing path is used. Relative paths are resolved from the current folder.
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
  const address = text.slice(0, end);
  const url = isPath ? pathOf(address) : address;
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

/** The run mode of a single run. */
export const modeOption = (): Option =>
  new Option('-m, --mode <mode>', "overrides the file's run mode").choices(['local', 'cloud']);
