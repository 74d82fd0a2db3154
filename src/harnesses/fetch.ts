import { mkdir, mkdtemp, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedFailure, type Result, settle } from '../lib/expected-failure.ts';
import { formatSize } from '../lib/format.ts';
import { catalog, executableIn, type FetchableName, fetchables, thisMachine } from './catalog.ts';
import { sizeOfFolder } from './folder-size.ts';
import { type HarnessPlaces, harnessFolder } from './installed.ts';
import claudeLock from './locks/claude.json' with { type: 'json' };
import codexLock from './locks/codex.json' with { type: 'json' };
import { npmEnvironment, runNpm } from './npm.ts';
import { versionOf } from './version.ts';

/** What npm has to install, with the checksum of every package for every machine: nothing else is accepted. */
const locks = { claude: claudeLock, 'claude-sdk': claudeLock, codex: codexLock } as const;

export type Fetching = {
  readonly places: HarnessPlaces;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number) => void;
};

const LOOK_EVERY_MS = 500;
/** Packages and what is unpacked of them are on the disk at the same time for a while. */
const SPACE_FACTOR = 1.5;

/**
 * Fetches a harness with npm and puts it instead once it is complete and starts. Errors: `harness_unavailable` (none
 * for this machine), `npm_missing`, `harness_fetch_failed`, `disk_full`, `fetch_cancelled`.
 */
export function fetchHarness(name: FetchableName, fetching: Fetching): Promise<Result<void>> {
  return settle(async () => {
    const target = harnessFolder(fetching.places, name);
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(folder, name);
    await demandSpace(folder, name);
    const work = await mkdtemp(join(folder, `.fetching-${name}-`));
    try {
      await install(name, work, fetching);
      if (name !== 'claude-sdk') await demandStart(name, work);
      await rm(target, { recursive: true, force: true });
      await rename(work, target);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

async function install(name: FetchableName, work: string, fetching: Fetching): Promise<void> {
  const lock = locks[name];
  const { name: packageName, version, dependencies } = { ...lock, ...lock.packages[''] };
  const manifest = { name: packageName, version, private: true, dependencies };
  await writeFile(join(work, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(work, 'package-lock.json'), JSON.stringify(lock));
  const cache = join(work, '.npm-cache');
  const parts = name === 'claude-sdk' ? '--omit=optional' : '--include=optional';
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  const looking = setInterval(() => void tell(work, fetching), LOOK_EVERY_MS);
  const end = await runNpm({
    args: ['ci', parts, '--loglevel=error', `--cache=${cache}`, ...flags],
    cwd: work,
    environment: npmEnvironment(fetching.environment),
    signal: fetching.signal,
  });
  clearInterval(looking);
  const { title } = fetchables[name];
  switch (end.kind) {
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
        `${title} could not be fetched. npm said: ${end.lastWords === '' ? 'nothing' : end.lastWords}`,
        'Check the network and the proxy and registry settings of npm, then fetch it again.',
      );
    default:
      return end satisfies never;
  }
}

async function tell(work: string, { onProgress }: Fetching): Promise<void> {
  onProgress(await sizeOfFolder(join(work, 'node_modules')));
}

async function demandSpace(folder: string, name: FetchableName): Promise<void> {
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

async function demandStart(name: keyof typeof catalog, work: string): Promise<void> {
  const { title, version } = catalog[name];
  const executable = executableIn(name, thisMachine());
  const found = executable === null ? null : await versionOf(join(work, executable));
  if (found === version) return;
  throw executable === null
    ? new ExpectedFailure(
        'harness_unavailable',
        `There is no ${title} for this machine (${process.platform}, ${process.arch}).`,
        'Use another provider, or run the agents on another machine.',
      )
    : new ExpectedFailure(
        'harness_fetch_failed',
        found === null
          ? `${title} was fetched, but does not start on this machine.`
          : `${title} ${found} was fetched instead of ${version}.`,
        'Fetch it again, or use your own program.',
      );
}

/** Of a fetch that a crash has ended. Only one at a time is in progress for each harness. */
async function removeLeftovers(folder: string, name: FetchableName): Promise<void> {
  for (const entry of await readdir(folder))
    if (entry.startsWith(`.fetching-${name}-`))
      await rm(join(folder, entry), { recursive: true, force: true });
}
