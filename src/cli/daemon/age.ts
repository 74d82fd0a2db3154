import type { Build } from '../../lib/product.ts';

/** What a running daemon says about itself; `installation` is missing in those that were made before it was noted. */
export type RunningBuild = Build & { readonly installation: string | null };

/**
 * How a running daemon compares with this command. The version decides; where it is the same, a daemon that was
 * started from this very folder is outdated once the folder holds another commit.
 */
export function ageOfDaemon(running: RunningBuild, own: RunningBuild): 'older' | 'same' | 'newer' {
  const difference = compareVersions(running.version, own.version);
  if (difference !== 0) return difference < 0 ? 'older' : 'newer';
  if (running.installation === null) return 'older';
  const isHere = running.installation === own.installation;
  return isHere && running.commit !== own.commit ? 'older' : 'same';
}

/** By the rules of semantic versions, as far as ours need them: numbers first, and a pre-release before its release. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.label === right.label) return 0;
  if (left.label === '') return 1;
  if (right.label === '') return -1;
  return left.label.localeCompare(right.label, 'en', { numeric: true });
}

function partsOf(version: string): { numbers: number[]; label: string } {
  const [core = '', ...label] = version.replace(/\+.*$/, '').split('-');
  const numbers = core.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return { numbers, label: label.join('-') };
}
