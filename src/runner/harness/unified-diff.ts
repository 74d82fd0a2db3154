import { createTwoFilesPatch } from 'diff';

const LONGEST = 200_000;
/** To compare texts that have nothing in common takes time without end. */
const TIMEOUT_MS = 1_000;

/** What changes in a file, as a unified diff; undefined where that is too long for people. */
export function unifiedDiff(path: string, before: string, after: string): string | undefined {
  const options = { context: 3, timeout: TIMEOUT_MS };
  const name = path.replaceAll('\\', '/');
  const patch = createTwoFilesPatch(name, name, before, after, undefined, undefined, options);
  return patch === undefined || patch.length > LONGEST ? undefined : patch;
}
