import { access, constants, stat, statfs } from 'node:fs/promises';
import type { DoctorCheck } from '../contract/responses.ts';
import type { Engine } from '../engine/api.ts';
import type { Journal, Recovery } from '../journal/types.ts';
import { formatSize } from '../lib/format.ts';
import { runGitInOwnRepository } from '../lib/git.ts';
import { sandboxSupport } from '../runner/harness/cursor-local/sandbox.ts';
import type { CredentialService, LicenseApi } from '../server/services.ts';
import type { Backend } from './backend.ts';
import { cursorSdkVersion } from './cursor-sdk.ts';
import type { LocalAgents } from './local-agents.ts';

const LOW_SPACE_BYTES = 1024 ** 3;
const NO_SPACE_BYTES = 100 * 1024 ** 2;

export type DoctorOptions = {
  readonly home: string;
  readonly journal: Journal;
  /** Set if this start replaced a damaged journal with a backup. */
  readonly recovered: Recovery | null;
  readonly engine: Engine;
  readonly backend: Backend;
  readonly localAgents: LocalAgents;
  readonly credentials: CredentialService;
  readonly license: LicenseApi;
};

/** Checks everything that a session needs. A check that throws counts as failed, and the others continue. */
export async function runChecks(options: DoctorOptions): Promise<readonly DoctorCheck[]> {
  const checks: readonly [string, () => Promise<Finding>][] = [
    ['Node', async () => ok(process.version)],
    ['SQLite', async () => ok(process.versions.sqlite ?? 'built in')],
    ['Home folder', () => checkHome(options.home)],
    ['Disk space', () => checkSpace(options.home)],
    ['Journal', async () => checkJournal(options)],
    ['Git', () => checkGit(options.home)],
    ['Local agents', () => checkRunner(options.localAgents)],
    ['Cursor SDK', async () => checkSdk()],
    ['Sandbox', checkSandbox],
    ['Backend', () => checkBackend(options)],
    ['API key', () => checkKey(options)],
    ['License', async () => checkLicense(options.license)],
    ['Rehearsal', () => checkRehearsal(options.backend)],
  ];
  return Promise.all(
    checks.map(async ([name, check]) => {
      try {
        return { name, ...(await check()) };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return { name, ...failed(detail, 'See daemon.log in the home folder.') };
      }
    }),
  );
}

type Finding = Omit<DoctorCheck, 'name'>;
const ok = (detail: string): Finding => ({ state: 'ok', detail, suggestion: null });
const warning = (detail: string, suggestion: string): Finding => ({
  state: 'warning',
  detail,
  suggestion,
});
const failed = (detail: string, suggestion: string): Finding => ({
  state: 'failed',
  detail,
  suggestion,
});

async function checkHome(home: string): Promise<Finding> {
  await access(home, constants.R_OK | constants.W_OK);
  const isOpen = process.platform !== 'win32' && ((await stat(home)).mode & 0o077) !== 0;
  return isOpen
    ? warning(`${home} can be read by other users.`, `Run: chmod 700 ${home}`)
    : ok(home);
}

async function checkSpace(home: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(home);
  const freeBytes = bavail * bsize;
  const detail = `${formatSize(freeBytes)} free`;
  const advice = 'Free some space on the disk of the home folder.';
  if (freeBytes < NO_SPACE_BYTES) return failed(detail, advice);
  return freeBytes < LOW_SPACE_BYTES ? warning(detail, advice) : ok(detail);
}

function checkJournal({ journal, recovered }: DoctorOptions): Finding {
  if (recovered !== null) {
    const { cause, movedTo } = recovered;
    const takenAt = new Date(recovered.backupTakenAt).toISOString();
    const kept = movedTo === null ? '' : `; the old file was kept as ${movedTo}`;
    return warning(
      `It was ${cause} and has been restored from a backup of ${takenAt}${kept}.`,
      cause === 'damaged'
        ? 'Check the disk. Runs that were started after the backup are found with `cerevisor orphans`.'
        : 'Runs that were started after the backup are found with `cerevisor orphans`. To start with an empty journal, stop Cerevisor and move the journal and the backups folder elsewhere.',
    );
  }
  const quarantined = journal.quarantine().length;
  const detail = `${journal.lastPosition} events`;
  return quarantined === 0
    ? ok(detail)
    : warning(
        `${detail}, ${quarantined} of them cannot be read and are kept separately.`,
        'Update Cerevisor if a newer version wrote them; an export of the session contains them unchanged.',
      );
}

async function checkGit(home: string): Promise<Finding> {
  try {
    const { stdout } = await runGitInOwnRepository(['--version'], { cwd: home, timeoutMs: 5_000 });
    return ok(stdout.trim());
  } catch {
    return warning(
      'git is not found.',
      'Install it: local agents, the rehearsal cloud and the commits of branches need it.',
    );
  }
}

/** Having no runner is fine, because it starts on demand. */
async function checkRunner(localAgents: LocalAgents): Promise<Finding> {
  await localAgents.refresh();
  const end = localAgents.sharedShutdown();
  if (end !== null) return warning(end.message, end.suggestion);
  const runner = localAgents.view();
  if (runner === null) return ok('None are running; the process that runs them starts on demand.');
  const { pid, version, openThreads, rssBytes } = runner;
  const memory = rssBytes === null ? '' : `, using ${Math.round(rssBytes / 1024 ** 2)} MB`;
  return ok(`${openThreads} at work${memory}; runner ${version} (process ${pid})`);
}

function checkSdk(): Finding {
  const version = cursorSdkVersion();
  return version !== null
    ? ok(`@cursor/sdk ${version}`)
    : failed(
        'The Cursor SDK is not installed, so agents of Cursor cannot run on this machine.',
        'Install Cerevisor again with its dependencies.',
      );
}

async function checkSandbox(): Promise<Finding> {
  const support = await sandboxSupport();
  // A missing sandbox is not an error; preflight reports it for workflows that need one.
  return support.isSupported
    ? ok('Agents on this machine can be restricted to their folder.')
    : ok(`Not available: ${support.reason}`);
}

async function checkBackend({ backend, engine }: DoctorOptions): Promise<Finding> {
  const { url } = backend.provider.backend;
  const account = await backend.provider.account();
  if (account.ok) return ok(`${url} responds`);
  const { detail } = engine.backendState();
  return failed(
    `${url}: ${account.error.message}${detail === null ? '' : ` (${detail})`}`,
    account.error.suggestion ??
      'Check the network; sessions continue by themselves when it is available again.',
  );
}

async function checkKey({ credentials, backend }: DoctorOptions): Promise<Finding> {
  const { source, masked, error } = await credentials.view();
  if (source === 'rehearsal') {
    return ok('None is needed: the rehearsal cloud is in use.');
  }
  if (source === 'none') {
    return failed('There is no API key.', 'Set a key with `cerevisor auth set`.');
  }
  const detail = `${masked ?? 'a key'} from the ${source}`;
  const account = await backend.provider.account();
  if (!account.ok && account.error.code === 'unauthorized') {
    return failed(
      `${detail}. ${account.error.message}`,
      account.error.suggestion ?? 'Set another key with `cerevisor auth set`.',
    );
  }
  return error === null
    ? ok(detail)
    : warning(`${detail}. ${error.message}`, error.suggestion ?? '');
}

function checkLicense(license: LicenseApi): Finding {
  const { reason, canStartCloudRuns } = license.view();
  return canStartCloudRuns
    ? ok(reason)
    : warning(reason, 'Activate a license key: cerevisor license activate KEY.');
}

async function checkRehearsal(backend: Backend): Promise<Finding> {
  const suspension = backend.isRehearsal ? await backend.rehearsalSuspension() : null;
  if (suspension !== null) return failed(suspension.message, suspension.suggestion);
  return backend.isRehearsal
    ? ok(
        `In use at ${backend.provider.backend.url}: nothing is billed, and nothing leaves this machine.`,
      )
    : ok('Not in use; `cerevisor rehearse` starts one.');
}
