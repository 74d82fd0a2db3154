import { mkdir, mkdtemp, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import { formatSize } from '../lib/format.ts';
import { catalog, executableIn, type FetchableName, fetchables, thisMachine } from './catalog.ts';
import { folderSize } from './folder-size.ts';
import { type HarnessPaths, harnessFolder } from './installed.ts';
import claudeLock from './locks/claude.json' with { type: 'json' };
import codexLock from './locks/codex.json' with { type: 'json' };
import { npmEnvironment, runNpm } from './npm.ts';
import { readVersion } from './version.ts';

/** Lock files with the checksum of every package for every platform: npm installs nothing else. */
const locks = { claude: claudeLock, 'claude-sdk': claudeLock, codex: codexLock } as const;

export type FetchOptions = {
  readonly paths: HarnessPaths;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number) => void;
};

const PROGRESS_INTERVAL_MS = 500;
/** The downloaded archives and their unpacked files are on the disk at the same time. */
const SPACE_FACTOR = 1.5;

/**
 * Fetches a harness with npm and replaces the installed one when the new one is complete and starts. Errors:
 * `harness_unavailable` (none for this platform), `npm_missing`, `harness_fetch_failed`, `disk_full`, `fetch_cancelled`.
 */
export function fetchHarness(name: FetchableName, options: FetchOptions): Promise<Result<void>> {
  return toResult(async () => {
    const target = harnessFolder(options.paths, name);
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeStaleStaging(folder, name);
    await requireDiskSpace(folder, name);
    const staging = await mkdtemp(join(folder, `.fetching-${name}-`));
    try {
      await install(name, staging, options);
      if (name !== 'claude-sdk') await verifyStarts(name, staging);
      await rm(target, { recursive: true, force: true });
      await rename(staging, target);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
}

async function install(name: FetchableName, staging: string, options: FetchOptions): Promise<void> {
  const lock = locks[name];
  const { name: packageName, version, dependencies } = { ...lock, ...lock.packages[''] };
  const manifest = { name: packageName, version, private: true, dependencies };
  await writeFile(join(staging, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(staging, 'package-lock.json'), JSON.stringify(lock));
  const cache = join(staging, '.npm-cache');
  const optionalFlag = name === 'claude-sdk' ? '--omit=optional' : '--include=optional';
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  const progressTimer = setInterval(
    () => void reportProgress(staging, options),
    PROGRESS_INTERVAL_MS,
  );
  const outcome = await runNpm({
    args: ['ci', optionalFlag, '--loglevel=error', `--cache=${cache}`, ...flags],
    cwd: staging,
    environment: npmEnvironment(options.environment),
    signal: options.signal,
  });
  clearInterval(progressTimer);
  const { title } = fetchables[name];
  switch (outcome.kind) {
    case 'done':
      await rm(cache, { recursive: true, force: true });
      return;
    case 'aborted':
      throw new ExpectedFailure('fetch_cancelled', `Fetching ${title} was cancelled.`);
    case 'missing':
      throw new ExpectedFailure(
        'npm_missing',
        `${title} is fetched with npm, but npm is not on Cerevisor's PATH.`,
        'Install Node.js with npm, or use your own program.',
      );
    case 'failed':
      throw new ExpectedFailure(
        'harness_fetch_failed',
        `${title} could not be fetched. npm reported: ${outcome.stderrTail === '' ? 'nothing' : outcome.stderrTail}`,
        'Check the network and the proxy and registry settings of npm, then fetch it again.',
      );
    default:
      return outcome satisfies never;
  }
}

async function reportProgress(staging: string, { onProgress }: FetchOptions): Promise<void> {
  onProgress(await folderSize(join(staging, 'node_modules')));
}

async function requireDiskSpace(folder: string, name: FetchableName): Promise<void> {
  const { title, sizeBytes } = fetchables[name];
  const { bavail, bsize } = await statfs(folder);
  const needed = sizeBytes * SPACE_FACTOR;
  if (bavail * bsize >= needed) return;
  throw new ExpectedFailure(
    'disk_full',
    `${title} needs ${formatSize(needed)} in ${folder}, and ${formatSize(bavail * bsize)} are free.`,
    'Free some space, then fetch it again.',
  );
}

async function verifyStarts(name: keyof typeof catalog, staging: string): Promise<void> {
  const { title, version } = catalog[name];
  const executable = executableIn(name, thisMachine());
  const actualVersion = executable === null ? null : await readVersion(join(staging, executable));
  if (actualVersion === version) return;
  throw executable === null
    ? new ExpectedFailure(
        'harness_unavailable',
        `There is no ${title} for this machine (${process.platform}, ${process.arch}).`,
        'Use another provider, or run the agents on another machine.',
      )
    : new ExpectedFailure(
        'harness_fetch_failed',
        actualVersion === null
          ? `${title} was fetched, but does not start on this machine.`
          : `${title} ${actualVersion} was fetched instead of ${version}.`,
        'Fetch it again, or use your own program.',
      );
}

/** Removes what a crashed fetch left. Safe, because at most one fetch of each harness is in progress. */
async function removeStaleStaging(folder: string, name: FetchableName): Promise<void> {
  for (const entry of await readdir(folder))
    if (entry.startsWith(`.fetching-${name}-`))
      await rm(join(folder, entry), { recursive: true, force: true });
}
