import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, Outcome } from '../engine/api.ts';
import { sessionProjection } from '../engine/projection.ts';
import { openAuditLog } from '../journal/audit-log.ts';
import { openJournal } from '../journal/open.ts';
import type { Journal } from '../journal/types.ts';
import { PRODUCT_FOLDER } from '../lib/product.ts';
import { listen } from '../server/http-server.ts';
import { redactValues, withRedactionCount } from '../server/redaction.ts';
import { type RunningServer, startServer } from '../server/serve.ts';
import type { Log, Services } from '../server/services.ts';
import {
  removeDaemonFile,
  removeTransition,
  writeDaemonFile,
  writeTransition,
} from '../settings/daemon-file.ts';
import { ensureHome } from '../settings/home.ts';
import type { Keychain } from '../settings/keychain.ts';
import { PreferencesFile } from '../settings/preferences.ts';
import { acknowledgeTurns } from './acknowledge-turns.ts';
import { Backend } from './backend.ts';
import { DisposalStack } from './disposal-stack.ts';
import { openEngine } from './engine.ts';
import { openEngineParts } from './engine-parts.ts';
import { startHousekeeping } from './housekeeping.ts';
import { startBackups } from './journal-backups.ts';
import { openLicenses } from './licenses.ts';
import { openLog } from './log.ts';
import { choosePort } from './port.ts';
import { openSecrets } from './secrets.ts';
import { createServices } from './services.ts';

export type DaemonOptions = {
  /** The folder in which Cerevisor stores everything. */
  readonly home: string;
  /** The requested port; no other port is used then. */
  readonly port?: number;
  /** It was started in the background by a command, which may replace it. */
  readonly isDetached?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Opens the keychain entry with this name. */
  readonly keychain?: (account: string) => Keychain;
};

export type Daemon = Pick<RunningServer, 'port' | 'address' | 'newLoginUrl'> & {
  readonly log: Log;
  /** Resolves when a client requests a stop. */
  readonly stopRequested: Promise<void>;
  /** Stops all parts in reverse order. Returns how many agents continue. */
  readonly stop: () => Promise<RunningAgents>;
};

/** Agents that are at work when the daemon stops. */
export type RunningAgents = {
  readonly inCloud: number;
  readonly onThisMachine: number;
  /** Why those on this machine do not continue after all. */
  readonly sharedShutdown: string | null;
};

/** How long the daemon waits for work in progress when it stops. */
const SHUTDOWN_GRACE_MS = 5_000;
const PORT_KEY = 'last-port';

/** Starts all parts in the order of their dependencies. If one of them cannot start, the others are stopped again. */
export async function startDaemon(options: DaemonOptions): Promise<Outcome<Daemon>> {
  const { home, environment = process.env } = options;
  // Each part registers how to stop it. On success, the registrations are moved out, so that `using` stops nothing.
  await using parts = new DisposalStack();

  const folder = ensureHome(home);
  if (!folder.ok) return folder;
  const opened = openJournal({
    home,
    projection: sessionProjection,
    now: Date.now,
    onLocked: () => writeTransition(home, 'is reading its journal'),
  });
  if (!opened.ok) return { ok: false, error: opened.failure };
  const { journal } = opened;
  parts.defer(() => journal.close());
  parts.defer(() => removeTransition(home));
  let resuming = Promise.resolve();
  // Stopping the engine and the backend ends it soon. The journal must not be closed before.
  parts.defer(() => Promise.race([resuming, sleep(SHUTDOWN_GRACE_MS, undefined, { ref: false })]));

  const secrets = openSecrets({ home, environment, keychain: options.keychain });
  const log = openLog(home, secrets.redact);
  const recovered = opened.recovered ?? null;
  if (recovered !== null) log.warn({ ...recovered }, 'restored from a backup');
  // Set once the runner client exists.
  let notifyRunner = async (_position: number): Promise<void> => {};
  parts.defer(startBackups(journal, log, (position) => notifyRunner(position)));
  parts.defer(startHousekeeping(home, log));

  const preferences = new PreferencesFile({
    home,
    now: Date.now,
    onNotice: (notice) => log.warn({ ...notice }, 'a preference is ignored'),
  });
  const port = choosePort(options.port, environment, preferences.read().port);
  if (!port.ok) return port;
  // Before anything is started that outlives the daemon, such as the rehearsal cloud.
  const listening = await listen({ ...port.value, ...previousPort(journal) });
  if (!listening.ok) return listening;
  parts.defer(() => listening.value.close());
  writeTransition(home, 'is starting');
  const sources = { home, environment, journal, log };
  const licenseService = await openLicenses(sources, parts);
  const { credentials } = secrets;
  const opening = await Backend.open({ home, environment, credentials, log });
  if (!opening.ok) return opening;
  const backend = opening.value;
  parts.defer(() => backend.close());

  const dependencies = { ...sources, secrets, preferences, licenseService, backend };
  const engineParts = openEngineParts(dependencies, parts);
  const { client } = engineParts.localAgents;
  notifyRunner = (position) => acknowledgeTurns(journal, client, position);
  parts.defer(() => {
    notifyRunner = async () => {};
  });
  const engine = openEngine(engineParts, parts);
  const audit = openAuditLog({
    home,
    journal,
    redact: (events) => redactValues(events, secrets.redact).map(withRedactionCount),
    onError: (error) => log.warn({ error }, 'the audit log could not be written'),
  });
  parts.defer(() => audit.close());

  const { promise: stopRequested, resolve: requestStop } = Promise.withResolvers<void>();
  const services = createServices({ ...engineParts, engine, recovered, requestStop });
  const server = startServer(listening.value, {
    services,
    token: secrets.daemonToken,
    pagesFolder: join(PRODUCT_FOLDER, 'dist', 'web'),
  });
  parts.defer(() => server.close());

  journal.facts.set(PORT_KEY, server.port);
  publishAddress(options, server.port, services, parts);
  removeTransition(home);
  resuming = resumeSessions(engine, log);
  log.info({ address: server.address, backend: backend.provider.backend }, 'started');
  const running = parts.move();
  const { address, newLoginUrl } = server;
  const stop = () => stopAll(services, running);
  return { ok: true, value: { port: server.port, address, newLoginUrl, log, stopRequested, stop } };
}

/** Stops all parts. Returns how many agents continue. */
async function stopAll(
  { home, journal, log, localAgents }: Pick<Services, 'home' | 'journal' | 'log' | 'localAgents'>,
  parts: DisposalStack,
): Promise<RunningAgents> {
  const goOn = {
    inCloud: journal.liveAttempts('cloud').length,
    onThisMachine: journal.liveAttempts('this-machine').length,
    sharedShutdown: localAgents.sharedShutdown()?.message ?? null,
  };
  recordStopping(home, log);
  await parts[Symbol.asyncDispose]();
  log.info({ goOn }, 'stopped');
  return goOn;
}

/** The port of the last start, so that open pages can reconnect. */
function previousPort(journal: Journal): { portBefore?: number } {
  const port = journal.facts.get(PORT_KEY);
  return typeof port === 'number' ? { portBefore: port } : {};
}

/** Publishes the address of the daemon for other programs of this user. Call it once the server is ready. */
function publishAddress(
  { home, isDetached = false }: DaemonOptions,
  port: number,
  { startedAt, build }: Services,
  parts: DisposalStack,
): void {
  const program = { ...build, installation: PRODUCT_FOLDER, isDetached };
  const presence = { port, pid: process.pid, startedAt, tokenFile: 'daemon-token', ...program };
  writeDaemonFile(home, presence);
  parts.defer(() => removeDaemonFile(home, process.pid));
}

/** Records that the daemon is stopping. A disk error must not prevent that. */
function recordStopping(home: string, log: Log): void {
  try {
    writeTransition(home, 'is stopping');
  } catch (error) {
    log.warn({ error }, 'it could not be recorded that the daemon is stopping');
  }
}

/** Resumes sessions in the background. Until then, clients see their last stored state. */
async function resumeSessions(engine: Engine, log: Log): Promise<void> {
  try {
    await engine.bootstrapCloudResume();
  } catch (error) {
    log.error({ error }, 'not all sessions could be continued');
  }
}
