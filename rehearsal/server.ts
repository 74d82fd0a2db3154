import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { ArtifactFiles } from './agent/artifact-files.ts';
import type { ExecutionServices } from './agent/execution-services.ts';
import { RunLifecycle } from './agent/run-lifecycle.ts';
import { Supervisor } from './agent/supervisor.ts';
import { VariableStore } from './agent/variable-store.ts';
import { serverApi } from './api/server-api.ts';
import { Clock, type ClockState } from './clock.ts';
import { FaultRegistry } from './faults/fault-registry.ts';
import { MirrorCache } from './git/mirror.ts';
import { type HomeLock, lockHome } from './home-lock.ts';
import { IdleShutdown } from './idle-shutdown.ts';
import { ExchangeRegistry } from './local/stream/exchange-registry.ts';
import { defaultOptions, type RehearsalOptions } from './options.ts';
import { ScriptRegistry } from './scripts/script-registry.ts';
import { openStore, type Store } from './store/store.ts';
import { StreamHub } from './stream/hub.ts';

export type RunningRehearsal = {
  /** This server's own address, without a trailing slash: the value for `CURSOR_BACKEND_URL`. */
  readonly url: string;
  /** Stops the server; live runs continue after the next start on the same home folder. */
  close(): Promise<void>;
  /** Resolves once it is closed, including when it shut down because it was idle. */
  readonly closed: Promise<void>;
};

/** Starts a rehearsal cloud on loopback. Throws `HomeInUse` if one already runs on the same home folder. */
export async function startRehearsal(
  settings: Partial<RehearsalOptions> & Pick<RehearsalOptions, 'home'>,
): Promise<RunningRehearsal> {
  const options: RehearsalOptions = { ...defaultOptions, ...settings };
  const home = lockHome(options.home);
  let store: Store | undefined;
  try {
    store = openStore(join(options.home, 'rehearsal.db'));
    return await startServer(options, store, openClock(store, settings.timeScale), home);
  } catch (error) {
    store?.close();
    home.release();
    throw error;
  }
}

async function startServer(
  options: RehearsalOptions,
  store: Store,
  clock: Clock,
  home: HomeLock,
): Promise<RunningRehearsal> {
  const hub = new StreamHub();
  const faults = new FaultRegistry(store, () => clock.now());
  const closing = new AbortController();
  let url = '';
  const origin = () => url;
  const exchanges = new ExchangeRegistry();
  const variables = new VariableStore({
    folder: join(options.home, 'variables'),
    isEnabled: options.allowRun,
  });
  const supervisor = new Supervisor({
    home: options.home,
    store,
    clock,
    lifecycle: new RunLifecycle(store, clock, hub, origin),
    mirrors: new MirrorCache(join(options.home, 'mirrors')),
    artifacts: new ArtifactFiles(store, clock, join(options.home, 'artifacts')),
    paceMs: options.paceMs,
    allowRun: options.allowRun,
    variables,
    overrideEnding: endingFaults(store, faults),
  });
  const api = serverApi({
    options,
    store,
    clock,
    hub,
    supervisor,
    faults,
    scripts: new ScriptRegistry(store),
    variables,
    exchanges,
    origin,
    linkKey: loadLinkKey(store),
    closing: closing.signal,
  });
  // Without `createServer` or HTTP/2 options, the adaptor creates a plain HTTP server.
  const server = createAdaptorServer({ fetch: api.fetch, overrideGlobalObjects: false }) as Server;
  // By default, Node closes idle connections after 5 s, the same interval at which the SDK's local mode writes to one.
  // A write that meets a closing connection fails the turn (observed: "write EPIPE").
  server.keepAliveTimeout = keepAliveMs;
  const port = await listen(server, options.port);
  url = `http://127.0.0.1:${port}`;
  home.publish({ url, port, pid: process.pid });
  store.localTurns.disconnectAll();
  supervisor.resumeAll();

  const closed = Promise.withResolvers<void>();
  let isClosing = false;
  const close = async () => {
    if (!isClosing) {
      isClosing = true;
      idle.stop();
      closing.abort();
      await supervisor.close();
      await stop(server);
      store.close();
      home.release();
      closed.resolve();
    }
    await closed.promise;
  };
  const isBusy = () => supervisor.liveRuns + exchanges.openStreams > 0;
  const idle = new IdleShutdown(server, options.idleMinutes, isBusy, close);
  return { url, close, closed: closed.promise };
}

/** Applies the faults that replace the status with which a run ends. */
function endingFaults(store: Store, faults: FaultRegistry): ExecutionServices['overrideEnding'] {
  return (run, ending) => {
    const agentName = store.agents.find(run.agentId)?.name ?? '';
    const faultPoint = { operation: 'other', agentId: run.agentId, agentName } as const;
    const fault = faults.fireOne('end-run', faultPoint);
    return fault === undefined ? ending : { ...ending, status: fault.status };
  };
}

const keepAliveMs = 120_000;

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // A TCP server that listens has an address object; only a pipe has a string.
  return (server.address() as AddressInfo).port;
}

/** The clock continues from its stored state, so that timestamps never go backwards after a restart. */
function openClock(store: Store, scale: number | undefined): Clock {
  const stored = store.settings.get('clock');
  const state = stored === undefined ? undefined : (JSON.parse(stored) as ClockState);
  return new Clock({
    scale: scale ?? state?.scale ?? defaultOptions.timeScale,
    ...(state === undefined ? {} : { state }),
    onChange: (changed) => store.settings.set('clock', JSON.stringify(changed)),
  });
}

function loadLinkKey(store: Store): string {
  const stored = store.settings.get('link-key');
  if (stored !== undefined) return stored;
  const key = randomBytes(32).toString('hex');
  store.settings.set('link-key', key);
  return key;
}
