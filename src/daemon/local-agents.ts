import type { RunnerView } from '../contract/daemon-views.ts';
import type { Engine, Outcome } from '../engine/api.ts';
import { installedBuild } from '../lib/product.ts';
import { RunnerClient } from '../runtimes/local/client.ts';
import type { Connect } from '../runtimes/local/connection.ts';
import type { LocalThread, RunnerInfo } from '../runtimes/local/protocol.ts';
import { createLocalRuntime } from '../runtimes/local/runtime.ts';
import type { HarnessId } from '../runtimes/local/start-requests.ts';
import type { Runtime } from '../runtimes/port.ts';
import type { ProviderError, Result } from '../runtimes/provider-error.ts';
import type { LocalAgentsService, Log } from '../server/services.ts';
import { environmentForChildren } from '../settings/child-environment.ts';
import type { Backend } from './backend.ts';
import {
  currentProcessContext,
  detectSharedShutdown,
  type SharedShutdown,
} from './shared-shutdown.ts';

export type LocalAgentsOptions = {
  readonly home: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly backend: Pick<Backend, 'provider' | 'keyInUse' | 'isRehearsal' | 'localBackendUrl'>;
  /** Connects to providers other than Cursor, by their entries in the library. */
  readonly connect: Connect;
  /** Inserts the user's values into the MCP servers of workflows. */
  readonly withMcpValues: (servers: unknown) => Promise<Result<unknown>>;
  readonly log: Log;
};

/** If the runner does not respond within this time, its last known state is shown. */
const REFRESH_TIMEOUT_MS = 2_000;

/** The daemon's access to local agents: the client of the runner, which outlives the daemon. */
export class LocalAgents implements Omit<LocalAgentsService, 'endAll'> {
  readonly client: RunnerClient;
  readonly #options: LocalAgentsOptions;
  /** One for each harness and backend, because running agents continue with the backend that they started with. */
  readonly #runtimes = new Map<string, Runtime>();
  #runner: RunnerView | null = null;
  #refreshing: Promise<void> | null = null;
  readonly #shutdownDetected: Promise<void>;
  #sharedShutdown: SharedShutdown | null = null;

  constructor(options: LocalAgentsOptions) {
    const { home, version, environment } = options;
    this.#options = options;
    this.client = new RunnerClient({
      home,
      version,
      environment: environmentForChildren(environment),
    });
    // It depends only on how the daemon was started, so that it is detected once.
    this.#shutdownDetected = detectSharedShutdown(currentProcessContext()).then(
      (shutdown) => {
        this.#sharedShutdown = shutdown;
      },
      // Some systems do not let other users read process 1.
      (error: unknown) => options.log.warn({ error }, 'the service manager is not known'),
    );
  }

  /** The runtime for new agents. */
  runtime(harness: HarnessId): Runtime {
    const { url } = this.#options.backend.provider.backend;
    const name = `${harness} ${url}`;
    const existing = this.#runtimes.get(name);
    if (existing !== undefined) return existing;
    const runtime = this.#create(harness);
    this.#runtimes.set(name, runtime);
    return runtime;
  }

  #create(harness: HarnessId): Runtime {
    const { backend, connect, withMcpValues } = this.#options;
    const isCursor = harness === 'cursor-local';
    return createLocalRuntime({
      harness,
      client: this.client,
      connect: isCursor ? async () => this.#connectCursor() : connect,
      withMcpValues,
      backend: backend.provider.backend,
      account: async () => (isCursor ? backend.provider.account() : NOT_REPORTED),
      models: async () => (isCursor ? backend.provider.models() : NOT_REPORTED),
    });
  }

  #connectCursor(): Awaited<ReturnType<Connect>> {
    const { keyInUse, localBackendUrl } = this.#options.backend;
    const apiKey = keyInUse?.trim() ?? '';
    if (apiKey === '') return { ok: false, error: WITHOUT_KEY };
    return {
      ok: true,
      value: { apiKey, ...(localBackendUrl === null ? {} : { baseUrl: localBackendUrl }) },
    };
  }

  view(): RunnerView | null {
    return this.#runner;
  }

  sharedShutdown(): SharedShutdown | null {
    return this.#sharedShutdown;
  }

  async refresh(): Promise<void> {
    await this.#shutdownDetected;
    this.#refreshing ??= this.#refreshNow().finally(() => {
      this.#refreshing = null;
    });
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, REFRESH_TIMEOUT_MS);
    await Promise.race([this.#refreshing, timeout]);
    clearTimeout(timer);
  }

  /** Stops the engine first, so that no queued agent is launched when a slot becomes free. */
  async endAll(engine: Pick<Engine, 'stop'>): ReturnType<LocalAgentsService['endAll']> {
    await engine.stop();
    return stopRunner(this.client);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime.close()));
    await this.client.close();
  }

  async #refreshNow(): Promise<void> {
    try {
      const info = await this.client.info();
      this.#runner = info === null ? null : runnerView(info, await this.client.threads());
    } catch (error) {
      this.#options.log.warn({ error }, 'the runner could not be checked');
    }
  }
}

const WITHOUT_KEY: ProviderError = {
  code: 'unauthorized',
  message: 'No usable Cursor API key is set.',
};
/** Accounts and models of other providers belong to library entries, not to a harness. */
const NOT_REPORTED: Result<never> = {
  ok: false,
  error: { code: 'feature_unavailable', message: 'This provider does not report it.' },
};

/** Ends all local agents when no daemon is running that could do it. */
export async function endLocalAgents(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): ReturnType<LocalAgentsService['endAll']> {
  const client = new RunnerClient({
    home,
    version: installedBuild().version,
    environment: environmentForChildren(environment),
  });
  try {
    return await stopRunner(client);
  } finally {
    await client.close();
  }
}

async function stopRunner(
  client: RunnerClient,
): Promise<Outcome<{ ended: number; survivors: readonly string[] }>> {
  const stopped = await client.stopAll();
  if (stopped === null) return { ok: true, value: { ended: 0, survivors: [] } };
  if (stopped.ok) return { ok: true, value: stopped.value };
  const { message, suggestion = 'Try again with `cerevisor stop --all`.' } = stopped.error;
  return { ok: false, error: { code: 'local_agents_not_ended', message, suggestion } };
}

function runnerView(
  { pid, version, startedAt, openThreads }: RunnerInfo,
  threads: readonly LocalThread[],
): RunnerView {
  const views = threads.map(({ threadId, name, cwd, rssBytes, turns }) => ({
    threadId,
    name,
    folder: cwd ?? null,
    rssBytes: rssBytes ?? null,
    isAtWork: turns[0]?.status === 'CREATING' || turns[0]?.status === 'RUNNING',
  }));
  const known = views.flatMap(({ rssBytes }) => rssBytes ?? []);
  return {
    pid,
    version,
    startedAt: new Date(startedAt).toISOString(),
    openThreads,
    rssBytes: known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0),
    threads: views,
  };
}
