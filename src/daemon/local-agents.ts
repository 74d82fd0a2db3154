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
import { ownSurroundings, type SharedEnd, sharedEnd } from './shared-end.ts';

export type LocalAgentsOptions = {
  readonly home: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly backend: Pick<Backend, 'provider' | 'keyInUse' | 'isRehearsal' | 'localBackendUrl'>;
  /** Providers other than Cursor, by the entries of the library. */
  readonly connect: Connect;
  /** Puts the person's values into the MCP servers of workflows. */
  readonly withMcpValues: (servers: unknown) => Promise<Result<unknown>>;
  readonly log: Log;
};

/** A runner that does not say how it is within this time is shown as it was last seen. */
const LOOK_PATIENCE_MS = 2_000;

/** This daemon's side of the agents on this machine: the runner that has them, which outlives the daemon. */
export class LocalAgents implements Omit<LocalAgentsService, 'endAll'> {
  readonly client: RunnerClient;
  readonly #options: LocalAgentsOptions;
  /** One for each backend that was in use: what is at work continues with the one that it began with. */
  readonly #runtimes = new Map<string, Runtime>();
  #seen: RunnerView | null = null;
  #looking: Promise<void> | null = null;
  readonly #endKnown: Promise<void>;
  #sharedEnd: SharedEnd | null = null;

  constructor(options: LocalAgentsOptions) {
    const { home, version, environment } = options;
    this.#options = options;
    this.client = new RunnerClient({
      home,
      version,
      environment: environmentForChildren(environment),
    });
    // It depends on how the daemon was started, so it stays as it is.
    this.#endKnown = sharedEnd(ownSurroundings()).then(
      (found) => {
        this.#sharedEnd = found;
      },
      // Of process 1, some systems tell only its user: nothing is known then.
      (error: unknown) => options.log.warn({ error }, 'the service manager is not known'),
    );
  }

  /** The runtime for what is started now. */
  runtime(harness: HarnessId): Runtime {
    const { url } = this.#options.backend.provider.backend;
    const name = `${harness} ${url}`;
    const known = this.#runtimes.get(name);
    if (known !== undefined) return known;
    const made = this.#make(harness);
    this.#runtimes.set(name, made);
    return made;
  }

  #make(harness: HarnessId): Runtime {
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
    return this.#seen;
  }

  sharedEnd(): SharedEnd | null {
    return this.#sharedEnd;
  }

  async refresh(): Promise<void> {
    await this.#endKnown;
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = null;
    });
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_PATIENCE_MS);
    await Promise.race([this.#looking, patience]);
    clearTimeout(timer);
  }

  /** `engine` stops first: a place that becomes free must not be taken by the next agent. */
  async endAll(engine: Pick<Engine, 'stop'>): ReturnType<LocalAgentsService['endAll']> {
    await engine.stop();
    return stopRunner(this.client);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime.close()));
    await this.client.close();
  }

  async #lookNow(): Promise<void> {
    try {
      const info = await this.client.info();
      this.#seen = info === null ? null : viewOf(info, await this.client.threads());
    } catch (error) {
      this.#options.log.warn({ error }, 'the runner could not be checked');
    }
  }
}

const WITHOUT_KEY: ProviderError = {
  code: 'unauthorized',
  message: 'No usable Cursor API key is set.',
};
/** Accounts and models of other providers belong to entries of the library, not to a harness. */
const NOT_REPORTED: Result<never> = {
  ok: false,
  error: { code: 'feature_unavailable', message: 'This provider does not report it.' },
};

/** Ends what is at work on this machine where no daemon runs that could be asked to. */
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

function viewOf(
  { pid, version, startedAt, openThreads }: RunnerInfo,
  threads: readonly LocalThread[],
): RunnerView {
  const seen = threads.map(({ threadId, name, cwd, rssBytes, turns }) => ({
    threadId,
    name,
    folder: cwd ?? null,
    rssBytes: rssBytes ?? null,
    isAtWork: turns[0]?.status === 'CREATING' || turns[0]?.status === 'RUNNING',
  }));
  const known = seen.flatMap(({ rssBytes }) => rssBytes ?? []);
  return {
    pid,
    version,
    startedAt: new Date(startedAt).toISOString(),
    openThreads,
    rssBytes: known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0),
    threads: seen,
  };
}
