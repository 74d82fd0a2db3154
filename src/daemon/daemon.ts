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
  /** The folder of everything that Cerevisor keeps. */
  readonly home: string;
  /** Asked for by name; any other port is then refused. */
  readonly port?: number;
  /** Started in the background by a command, which may start another one instead. */
  readonly isDetached?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The secret of this name in the keychain. */
  readonly keychain?: (account: string) => Keychain;
};

export type Daemon = Pick<RunningServer, 'port' | 'address' | 'newLoginUrl'> & {
  readonly log: Log;
  /** Resolves when a client asked for a stop. */
  readonly stopRequested: Promise<void>;
  /** Stops every part, the last one first. Tells how many agents continue. */
  readonly stop: () => Promise<RunningAgents>;
};

/** Agents that are at work when the daemon stops. */
export type RunningAgents = {
  readonly inCloud: number;
  readonly onThisMachine: number;
  /** Why those on this machine do not continue after all. */
  readonly localEnd: string | null;
};

/** How long work that is in progress may take when the daemon stops. */
const LEAVE_MS = 5_000;
const PORT_KEY = 'last-port';

/**
 * Starts every part, in the order in which they need each other. When one of them cannot start, those before it
 * are stopped again: a half-started daemon never stays behind.
 */
export async function startDaemon(options: DaemonOptions): Promise<Outcome<Daemon>> {
  const { home, environment = process.env } = options;
  // Parts register how they are stopped; on success the stack is moved out of the reach of `using`.
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
  // Stopped engine and closed backend end it soon; it must not find the journal closed under it.
  parts.defer(() => Promise.race([resuming, sleep(LEAVE_MS, undefined, { ref: false })]));

  const secrets = openSecrets({ home, environment, keychain: options.keychain });
  const log = openLog(home, secrets.redact);
  const recovered = opened.recovered ?? null;
  if (recovered !== null) log.warn({ ...recovered }, 'restored from a backup');
  // Of the agents on this machine, while they are known here.
  let tellRunner = async (_position: number): Promise<void> => {};
  parts.defer(startBackups(journal, log, (position) => tellRunner(position)));
  parts.defer(startHousekeeping(home, log));

  const preferences = new PreferencesFile({
    home,
    now: Date.now,
    onNotice: (notice) => log.warn({ ...notice }, 'a preference is ignored'),
  });
  const place = choosePort(options.port, environment, preferences.read().port);
  if (!place.ok) return place;
  // Before anything is started that would stay behind, such as the rehearsal cloud.
  const listening = await listen({ ...place.value, ...portBefore(journal) });
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

  const given = { ...sources, secrets, preferences, licenseService, backend };
  const engineParts = openEngineParts(given, parts);
  const { client } = engineParts.localAgents;
  tellRunner = (position) => acknowledgeTurns(journal, client, position);
  parts.defer(() => {
    tellRunner = async () => {};
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
  announce(options, server.port, services, parts);
  removeTransition(home);
  resuming = resumeSessions(engine, log);
  log.info({ address: server.address, backend: backend.provider.backend }, 'started');
  const kept = parts.move();
  const { port, address, newLoginUrl } = server;
  const stop = () => stopAll(services, kept);
  return { ok: true, value: { port, address, newLoginUrl, log, stopRequested, stop } };
}

/** Stops every part, and tells how many agents continue without them. */
async function stopAll(
  { home, journal, log, localAgents }: Pick<Services, 'home' | 'journal' | 'log' | 'localAgents'>,
  parts: DisposalStack,
): Promise<RunningAgents> {
  const goOn = {
    inCloud: journal.liveAttempts('cloud').length,
    onThisMachine: journal.liveAttempts('this-machine').length,
    localEnd: localAgents.sharedEnd()?.message ?? null,
  };
  noteStopping(home, log);
  await parts[Symbol.asyncDispose]();
  log.info({ goOn }, 'stopped');
  return goOn;
}

/** The port of the last start: a page that is still open finds the daemon there again. */
function portBefore(journal: Journal): { portBefore?: number } {
  const port = journal.facts.get(PORT_KEY);
  return typeof port === 'number' ? { portBefore: port } : {};
}

/** Tells other programs of this user where we are, once we really answer there. */
function announce(
  { home, isDetached = false }: DaemonOptions,
  port: number,
  { startedAt, build }: Services,
  parts: DisposalStack,
): void {
  const program = { ...build, installation: PRODUCT_FOLDER, isDetached };
  const place = { port, pid: process.pid, startedAt, tokenFile: 'daemon-token', ...program };
  writeDaemonFile(home, place);
  parts.defer(() => removeDaemonFile(home, process.pid));
}

/** A disk that refuses the note must not keep the daemon from stopping. */
function noteStopping(home: string, log: Log): void {
  try {
    writeTransition(home, 'is stopping');
  } catch (error) {
    log.warn({ error }, 'it could not be recorded that the daemon is stopping');
  }
}

/** Clients are answered meanwhile: they see sessions as they were left, and then what Cursor says. */
async function resumeSessions(engine: Engine, log: Log): Promise<void> {
  try {
    await engine.bootstrapCloudResume();
  } catch (error) {
    log.error({ error }, 'not all sessions could be continued');
  }
}
