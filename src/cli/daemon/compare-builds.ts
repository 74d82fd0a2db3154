import type { Build } from '../../lib/product.ts';

/** The build of a running daemon. `installation` is null for daemons from before it was recorded. */
export type RunningBuild = Build & { readonly installation: string | null };

/**
 * Compares the build of a running daemon with this command. The version decides; with the same version, a daemon that was
 * started from the same folder is outdated if the folder now has another commit.
 */
export function compareBuilds(
  running: RunningBuild,
  own: RunningBuild,
): 'older' | 'same' | 'newer' {
  const difference = compareVersions(running.version, own.version);
  if (difference !== 0) return difference < 0 ? 'older' : 'newer';
  if (running.installation === null) return 'older';
  const isHere = running.installation === own.installation;
  return isHere && running.commit !== own.commit ? 'older' : 'same';
}

/** Compares semantic versions as far as ours need it: by number, and a pre-release before its release. */
export function compareVersions(first: string, second: string): number {
  const [left, right] = [parseVersion(first), parseVersion(second)];
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.label === right.label) return 0;
  if (left.label === '') return 1;
  if (right.label === '') return -1;
  return left.label.localeCompare(right.label, 'en', { numeric: true });
}

function parseVersion(version: string): { numbers: number[]; label: string } {
  const [core = '', ...label] = version.replace(/\+.*$/, '').split('-');
  const numbers = core.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return { numbers, label: label.join('-') };
}
