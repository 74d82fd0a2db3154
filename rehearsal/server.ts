import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { ArtifactDepot } from './agent/artifact-depot.ts';
import { RunLifecycle } from './agent/run-lifecycle.ts';
import type { Stage } from './agent/stage.ts';
import { Supervisor } from './agent/supervisor.ts';
import { Variables } from './agent/variables.ts';
import { serverApi } from './api/server-api.ts';
import { Clock, type ClockState } from './clock.ts';
import { FaultBoard } from './faults/board.ts';
import { MirrorCache } from './git/mirror.ts';
import { type TakenHome, takeHome } from './home.ts';
import { IdleWatch } from './idle-watch.ts';
import { ExchangeBoard } from './local/stream/exchange-board.ts';
import { defaultOptions, type RehearsalOptions } from './options.ts';
import { ScriptBoard } from './scripts/board.ts';
import { openStore, type Store } from './store/store.ts';
import { StreamHub } from './stream/hub.ts';

export type RunningRehearsal = {
  /** Own address, without a slash at the end: the value for `CURSOR_BACKEND_URL`. */
  readonly url: string;
  /** Stops answering and working; live runs continue with the next start on the same home. */
  close(): Promise<void>;
  /** Settles once it is closed, also when it closed itself because nobody used it. */
  readonly closed: Promise<void>;
};

/** Starts a rehearsal cloud on loopback. Throws `HomeInUse` when one runs on the same home. */
export async function startRehearsal(
  settings: Partial<RehearsalOptions> & Pick<RehearsalOptions, 'home'>,
): Promise<RunningRehearsal> {
  const options: RehearsalOptions = { ...defaultOptions, ...settings };
  const home = takeHome(options.home);
  let store: Store | undefined;
  try {
    store = openStore(join(options.home, 'rehearsal.db'));
    return await run(options, store, openClock(store, settings.timeScale), home);
  } catch (error) {
    store?.close();
    home.release();
    throw error;
  }
}

async function run(
  options: RehearsalOptions,
  store: Store,
  clock: Clock,
  home: TakenHome,
): Promise<RunningRehearsal> {
  const hub = new StreamHub();
  const faults = new FaultBoard(store, () => clock.now());
  const closing = new AbortController();
  let url = '';
  const origin = () => url;
  const exchanges = new ExchangeBoard();
  const variables = new Variables(join(options.home, 'variables'), options.allowRun);
  const supervisor = new Supervisor({
    ...stageOf(options, store, clock, hub, faults, origin),
    variables,
  });
  const api = serverApi({
    options,
    store,
    clock,
    hub,
    supervisor,
    faults,
    scripts: new ScriptBoard(store),
    variables,
    exchanges,
    origin,
    linkKey: keptKey(store),
    closing: closing.signal,
  });
  // Without createServer or HTTP/2 options the adaptor makes a plain HTTP server.
  const server = createAdaptorServer({ fetch: api.fetch, overrideGlobalObjects: false }) as Server;
  // Node closes idle connections after 5 s, which is how often the SDK's local mode writes to one: a write that
  // crosses the closing fails, and its turn with it (observed: "write EPIPE").
  server.keepAliveTimeout = keepAliveMs;
  const port = await listen(server, options.port);
  url = `http://127.0.0.1:${port}`;
  home.announce({ url, port, pid: process.pid });
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
  const idle = new IdleWatch(server, options.idleMinutes, isBusy, close);
  return { url, close, closed: closed.promise };
}

function stageOf(
  options: RehearsalOptions,
  store: Store,
  clock: Clock,
  hub: StreamHub,
  faults: FaultBoard,
  origin: () => string,
): Omit<Stage, 'variables'> {
  return {
    home: options.home,
    store,
    clock,
    lifecycle: new RunLifecycle(store, clock, hub, origin),
    mirrors: new MirrorCache(join(options.home, 'mirrors')),
    artifacts: new ArtifactDepot(store, clock, join(options.home, 'artifacts')),
    paceMs: options.paceMs,
    allowRun: options.allowRun,
    endingOf: (run, ending) => {
      const agentName = store.agents.find(run.agentId)?.name ?? '';
      const occasion = { operation: 'other', agentId: run.agentId, agentName } as const;
      const fault = faults.takeOne('end-run', occasion);
      return fault === undefined ? ending : { ...ending, status: fault.status };
    },
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
  // A listening TCP server has an address object; only pipes have a string.
  return (server.address() as AddressInfo).port;
}

/** The clock continues from where it stood: timestamps never run backwards over a restart. */
function openClock(store: Store, scale: number | undefined): Clock {
  const kept = store.settings.get('clock');
  const state = kept === undefined ? undefined : (JSON.parse(kept) as ClockState);
  return new Clock({
    scale: scale ?? state?.scale ?? defaultOptions.timeScale,
    ...(state === undefined ? {} : { state }),
    onChange: (changed) => store.settings.set('clock', JSON.stringify(changed)),
  });
}

function keptKey(store: Store): string {
  const kept = store.settings.get('link-key');
  if (kept !== undefined) return kept;
  const key = randomBytes(32).toString('hex');
  store.settings.set('link-key', key);
  return key;
}
