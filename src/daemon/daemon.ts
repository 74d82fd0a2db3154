import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../contract/errors.ts';
import type { Engine, Outcome } from '../engine/api.ts';
import { sessionProjection } from '../engine/projection.ts';
import { HandoffProcess } from '../handoff/checker.ts';
import { openAuditLog } from '../journal/audit-log.ts';
import { openJournal } from '../journal/open.ts';
import type { Journal } from '../journal/types.ts';
import { trustCertificateFile } from '../lib/certificates.ts';
import { ownCommand } from '../lib/own-command.ts';
import { installedBuild, PRODUCT_FOLDER } from '../lib/product.ts';
import { createRedactor } from '../lib/redact.ts';
import { LicenseService } from '../license/license-service.ts';
import { licensePublicKey } from '../license/public-key.ts';
import { McpValues } from '../mcp/values.ts';
import { ProviderKeys } from '../providers/keys.ts';
import { listen } from '../server/http-server.ts';
import { withCount, withoutSecrets } from '../server/redaction.ts';
import { type RunningServer, serveOn } from '../server/serve.ts';
import type { Log, Services } from '../server/services.ts';
import { ViewerPresence } from '../server/viewer-presence.ts';
import { Credentials } from '../settings/credentials.ts';
import {
  createDaemonToken,
  endTransition,
  noteTransition,
  removeDaemonFile,
  writeDaemonFile,
} from '../settings/daemon-file.ts';
import { ensureHome } from '../settings/home.ts';
import { CURSOR_ACCOUNT, type Keychain, systemKeychain } from '../settings/keychain.ts';
import { PreferencesFile } from '../settings/preferences.ts';
import { Variables } from '../settings/variables.ts';
import { acknowledgeTurns } from './acknowledge-turns.ts';
import { Backend } from './backend.ts';
import { contactable } from './commits.ts';
import { credentialService } from './credential-service.ts';
import { DisposalStack } from './disposal-stack.ts';
import { examine } from './doctor.ts';
import { openEngine } from './engine.ts';
import { keepHouse } from './housekeeping.ts';
import { keepBackups } from './journal-backups.ts';
import { licenseApi } from './license-api.ts';
import { knownSessions, licenseRecord } from './license-record.ts';
import { LocalAgents } from './local-agents.ts';
import { openLog } from './log.ts';
import { mcpValueService, withMcpValues } from './mcp-values.ts';
import { chosenPort } from './port.ts';
import { openProviders } from './providers/open.ts';
import { providerService } from './providers/service.ts';
import { environmentService } from './shell-environment.ts';
import { untilToldToStop } from './signals.ts';

export type DaemonOptions = {
  /** The folder of everything that Cerevisor keeps. */
  readonly home: string;
  /** Asked for by name; any other port is then refused. */
  readonly port?: number;
  /** Started in the background by a command, which may start another one in its place. */
  readonly isDetached?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The secret of this name in the keychain. */
  readonly keychain?: (account: string) => Keychain;
};

export type Daemon = Pick<RunningServer, 'port' | 'address' | 'newLoginUrl'> & {
  readonly log: Log;
  /** Resolves when a client asked for a stop. */
  readonly stopRequested: Promise<void>;
  /** Stops every part, the last one first. Tells how many agents go on. */
  readonly stop: () => Promise<GoingOn>;
};

/** Agents that are at work when the daemon stops. */
export type GoingOn = { readonly inCloud: number; readonly onThisMachine: number };

/** How long work that is under way may take when the daemon stops. */
const LEAVE_MS = 5_000;
const PORT_KEY = 'last-port';
const REMEMBER_TIME_EVERY_MS = 10 * 60_000;

/**
 * Starts every part, in the order in which they need each other. When one of them cannot start, those before it
 * are stopped again: a half-started daemon never stays behind.
 */
export async function startDaemon(options: DaemonOptions): Promise<Outcome<Daemon>> {
  const { home } = options;
  const environment = options.environment ?? process.env;
  // Parts register how they are stopped; on success the stack is moved out of the reach of `using`.
  await using parts = new DisposalStack();

  const folder = ensureHome(home);
  if (!folder.ok) return folder;
  const opened = openJournal({
    home,
    projection: sessionProjection,
    now: Date.now,
    onLocked: () => noteTransition(home, 'is reading its journal'),
  });
  if (!opened.ok) return { ok: false, error: opened.failure };
  const { journal } = opened;
  parts.defer(() => journal.close());
  parts.defer(() => endTransition(home));
  let resuming = Promise.resolve();
  // Stopped engine and closed backend end it soon; it must not find the journal closed under it.
  parts.defer(() => Promise.race([resuming, sleep(LEAVE_MS, undefined, { ref: false })]));

  const keychain =
    options.keychain ?? ((account: string) => systemKeychain({ environment, account }));
  const credentials = new Credentials({ home, environment, keychain: keychain(CURSOR_ACCOUNT) });
  const providerKeys = new ProviderKeys({ home, environment, keychain, cursor: credentials });
  const secrets = [createDaemonToken(home)] as const;
  const variables = new Variables(home, environment);
  const mcpValues = new McpValues({ home, environment, keychain, variables });
  const redact = createRedactor(() => [
    ...secrets,
    ...credentials.knownSecrets(),
    ...providerKeys.knownSecrets(),
    ...mcpValues.knownSecrets(),
    ...variables.knownSecrets(),
  ]);
  const log = openLog(home, redact);
  const recovered = opened.recovered ?? null;
  if (recovered !== null) log.warn({ ...recovered }, 'restored from a backup');
  // Of the agents on this machine, once they are known here.
  const onBackedUp: { tell: (position: number) => Promise<void> } = { tell: async () => {} };
  parts.defer(keepBackups(journal, log, (position) => onBackedUp.tell(position)));
  parts.defer(keepHouse(home, log));

  const preferences = new PreferencesFile({
    home,
    now: Date.now,
    onNotice: (notice) => log.warn({ ...notice }, 'a preference is ignored'),
  });
  const place = chosenPort(options.port, environment, preferences.read().port);
  if (!place.ok) return place;
  // Before anything is started that would stay behind, such as the rehearsal cloud.
  const listening = await listen({ ...place.value, ...portBefore(journal) });
  if (!listening.ok) return listening;
  parts.defer(() => listening.value.close());
  noteTransition(home, 'is starting');
  const licenseService = await openLicenseService(home, journal, environment, log, parts);
  const backend = await Backend.open({ home, environment, credentials, log });
  if (!backend.ok) return backend;
  parts.defer(() => backend.value.close());

  const build = installedBuild();
  const providers = openProviders({
    home,
    environment,
    keys: providerKeys,
    backend: backend.value,
    log,
  });
  parts.defer(() => providers.harnesses.close());
  const localAgents = new LocalAgents({
    home,
    version: build.version,
    environment,
    backend: backend.value,
    connect: providers.connect,
    withMcpValues: (servers) => withMcpValues(mcpValues, servers),
    log,
  });
  onBackedUp.tell = (position) => acknowledgeTurns(journal, localAgents.client, position);
  parts.defer(async () => {
    onBackedUp.tell = async () => {};
    await localAgents.close();
  });
  const viewerPresence = new ViewerPresence(Date.now);
  const handoffs = new HandoffProcess();
  parts.defer(() => handoffs[Symbol.dispose]());
  const engine = openEngine(
    {
      home,
      journal,
      backend: backend.value,
      localAgents,
      providers,
      mcpValues,
      licenseService,
      preferences,
      variables,
      log,
      viewerPresence,
      handoffs,
    },
    parts,
  );
  const audit = openAuditLog({
    home,
    journal,
    clean: (events) => withoutSecrets(events, redact).map(withCount),
    onProblem: (error) => log.warn({ error }, 'the audit log could not be written'),
  });
  parts.defer(() => audit.close());

  const stopRequest = Promise.withResolvers<void>();
  const license = licenseApi(licenseService);
  const keys = credentialService(credentials, backend.value, engine);
  const services: Services = {
    build,
    installedBuild,
    home,
    command: ownCommand({ environment, productFolder: PRODUCT_FOLDER, home }),
    startedAt: Date.now(),
    now: Date.now,
    log,
    journal,
    engine,
    handoffs,
    viewerPresence,
    recovered,
    provider: () => backend.value.provider,
    localAgents: {
      view: () => localAgents.view(),
      look: () => localAgents.look(),
      endAll: () => localAgents.endAll(engine),
    },
    license,
    credentials: keys,
    mcpValues: mcpValueService(mcpValues),
    providers: providerService({
      home,
      environment,
      providers,
      cursor: keys,
      journal,
      localAgents,
    }),
    preferences: {
      read: () => preferences.read(),
      change: async (changes) => preferences.change(changes),
    },
    examplesFolder: join(PRODUCT_FOLDER, 'examples'),
    homeFolder: homedir(),
    workflowsFolder: join(home, 'workflows'),
    redact,
    compareEnvironment: environmentService(backend.value, keys, environment, secrets[0]),
    doctor: () =>
      examine({
        home,
        journal,
        recovered,
        engine,
        backend: backend.value,
        localAgents,
        credentials: keys,
        license,
      }),
    requestStop: stopRequest.resolve,
    reach: (repoUrl) => contactable(home, backend.value, repoUrl, environment),
  };
  const server = serveOn(listening.value, {
    services,
    token: secrets[0],
    pagesFolder: join(PRODUCT_FOLDER, 'dist', 'web'),
  });
  parts.defer(() => server.close());

  journal.facts.set(PORT_KEY, server.port);
  announce(options, server.port, services, parts);
  endTransition(home);
  resuming = resumeSessions(engine, log);
  log.info({ address: server.address, backend: backend.value.provider.backend }, 'started');
  const kept = parts.move();
  return {
    ok: true,
    value: {
      port: server.port,
      address: server.address,
      newLoginUrl: server.newLoginUrl,
      log,
      stopRequested: stopRequest.promise,
      async stop() {
        const goOn = {
          inCloud: journal.liveAttempts('cloud').length,
          onThisMachine: journal.liveAttempts('this-machine').length,
        };
        noteStopping(home, log);
        await kept[Symbol.asyncDispose]();
        log.info({ goOn }, 'stopped');
        return goOn;
      },
    },
  };
}

/**
 * Runs a daemon until it is told to stop, by a signal or by a client. `onStarted` hears where it answers.
 * @throws ApiError with the reason when it cannot start.
 */
export async function runDaemon(
  options: DaemonOptions,
  onStarted: (daemon: Daemon) => void = () => undefined,
): Promise<void> {
  // Before the first connection: it counts for the whole process.
  const distrusted = trustCertificateFile(options.environment ?? process.env);
  const started = await startDaemon(options);
  if (!started.ok) {
    const { code, message, suggestion } = started.error;
    throw new ApiError(0, { code, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
  const daemon = started.value;
  if (distrusted !== null) {
    daemon.log.warn({}, distrusted);
    process.stderr.write(`${distrusted}\n`);
  }
  process.stderr.write(`Cerevisor is running at ${daemon.address}\n`);
  onStarted(daemon);
  await untilToldToStop(daemon.log, daemon.stopRequested);
  process.stderr.write(
    `${['Cerevisor has stopped.', ...goingOnWords(await daemon.stop())].join(' ')}\n`,
  );
}

function goingOnWords({ inCloud, onThisMachine }: GoingOn): string[] {
  return [
    ...(inCloud === 0 ? [] : ['Cloud agents continue; the next start finds them.']),
    ...(onThisMachine === 0
      ? []
      : [
          'Agents on this machine continue; the next start finds them. End them with `cerevisor stop --all`.',
        ]),
  ];
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
    noteTransition(home, 'is stopping');
  } catch (error) {
    log.warn({ error }, 'it could not be recorded that the daemon is stopping');
  }
}

async function openLicenseService(
  home: string,
  journal: Journal,
  environment: Readonly<Record<string, string | undefined>>,
  log: Log,
  parts: DisposalStack,
): Promise<LicenseService> {
  const licenseService = await LicenseService.open({
    store: licenseRecord(home, journal),
    publicKey: licensePublicKey(environment),
    now: Date.now,
    knownSessions: knownSessions(journal),
  });
  const remember = setInterval(() => {
    licenseService
      .remember()
      .catch((error: unknown) => log.warn({ error }, 'the license was not recorded'));
  }, REMEMBER_TIME_EVERY_MS).unref();
  parts.defer(() => clearInterval(remember));
  return licenseService;
}

/** Clients are answered meanwhile: they see sessions as they were left, and then what Cursor says. */
async function resumeSessions(engine: Engine, log: Log): Promise<void> {
  try {
    await engine.bootstrapCloudResume();
  } catch (error) {
    log.error({ error }, 'not all sessions could be continued');
  }
}
