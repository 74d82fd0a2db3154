import type { Engine, StartRequest } from '../../src/engine/api.ts';
import type { BranchPush } from '../../src/engine/context.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { sessionProjection } from '../../src/engine/projection.ts';
import { requireSession } from '../../src/engine/require-session.ts';
import type { FolderFacts } from '../../src/engine/start/local-machine.ts';
import { systemClock, systemIds } from '../../src/engine/system.ts';
import type { Journal } from '../../src/journal/types.ts';
import { createRegistry } from '../../src/runtimes/registry.ts';
import type { ProviderTable } from '../../src/session/events.ts';
import type { SessionId } from '../../src/session/ids.ts';
import type { AgentState, SessionState } from '../../src/session/state.ts';
import { directChecker } from '../handoff-checker.ts';
import { openOrThrow, temporaryHome } from '../journal.ts';
import { testMachine } from '../local-machine.ts';
import { FakeRuntime } from './fake-runtime.ts';

/** URL of the repository that every folder in this world is a clone of. */
export const REMOTE = 'https://git.example/acme/shop';

type Settings = {
  maxLiveLocal: number;
  maxLiveCloud: number;
  resumeOnLaunch: 'automatically' | 'ask';
};

/**
 * The real engine and journal with in-memory runtimes and simulated folders. Tests the decisions of the engine without
 * any process.
 */
export class FakeWorld implements AsyncDisposable {
  readonly local: FakeRuntime;
  readonly cloud = new FakeRuntime('cursor-cloud');
  /** Problems of MCP servers, by name. */
  readonly brokenServers = new Map<string, string>();
  readonly pushed: Parameters<BranchPush>[0][] = [];
  /** Errors of the next pushes; without an entry, they succeed. */
  readonly pushErrors: string[] = [];
  readonly settings: Settings = {
    maxLiveLocal: 4,
    maxLiveCloud: 8,
    resumeOnLaunch: 'automatically',
  };
  readonly #folder = temporaryHome();
  journal: Journal<SessionState>;
  engine: Engine;

  readonly #providers: ProviderTable | null;

  /**
   * `requestsTools`: the agents on this machine ask before they call tools. Without `providers` every agent is of
   * Cursor.
   */
  constructor({
    requestsTools = false,
    providers = null,
  }: { readonly requestsTools?: boolean; readonly providers?: ProviderTable | null } = {}) {
    this.#providers = providers;
    this.local = new FakeRuntime('cursor-local', { toolRequests: requestsTools });
    this.journal = this.#openJournal();
    this.engine = this.#createEngine();
  }

  /** Stops the engine and its journal, and opens them again. The runtimes continue meanwhile. */
  async restart(meanwhile: () => void = () => undefined): Promise<void> {
    await this.engine.stop();
    this.journal.close();
    meanwhile();
    this.journal = this.#openJournal();
    this.engine = this.#createEngine();
    await this.engine.bootstrapCloudResume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.stop();
    this.journal.close();
    this.#folder[Symbol.dispose]();
  }

  async start(workflow: unknown, request: Partial<StartRequest> = {}): Promise<SessionId> {
    const started = await this.engine.start({ workflow, ...request });
    if (!started.ok) throw new Error(JSON.stringify(started.error));
    return started.value.sessionId;
  }

  state(id: SessionId): SessionState {
    return requireSession(this.journal, id);
  }

  agent(id: SessionId, name: string): AgentState {
    const agent = this.state(id).agents.find((agent) => agent.id === name);
    if (agent === undefined) throw new Error(`No agent ${name}`);
    return agent;
  }

  #openJournal(): Journal<SessionState> {
    return openOrThrow({ home: this.#folder.home, projection: sessionProjection });
  }

  #createEngine(): Engine {
    const { journal, settings } = this;
    const providers = this.#providers;
    return createEngine({
      journal,
      ...createRegistry({ 'cursor-cloud': () => this.cloud, 'cursor-local': () => this.local }),
      clock: systemClock,
      random: Math.random,
      ids: systemIds(journal),
      ...(providers === null ? {} : { providers: () => providers }),
      machine: testMachine({ examine: async (folder) => repositoryAt(folder) }),
      lookUpCommits: async () => new Map(),
      mcp: {
        missingValues: async () => [],
        check: async (servers) =>
          servers.map(({ name }) => ({ name, problem: this.brokenServers.get(name) ?? null })),
      },
      handoffs: directChecker,
      fetchArtifacts: async () => ({ artifacts: [], earlier: [] }),
      pushBranch: async (request) => {
        const refusal = this.pushErrors.shift();
        if (refusal !== undefined)
          return { ok: false, error: { code: 'push_failed', message: refusal } };
        this.pushed.push(request);
        return { ok: true };
      },
      maxLiveLocalAttempts: () => settings.maxLiveLocal,
      maxLiveCloudAttempts: () => settings.maxLiveCloud,
      resumeOnLaunch: () => settings.resumeOnLaunch,
      mayStartCloudRuns: () => ({ ok: true }),
      log: { info() {}, warn() {}, error: (...words) => console.error(...words) },
    });
  }
}

const repositoryAt = (path: string): FolderFacts => ({
  kind: 'repository',
  path,
  root: path,
  isWritable: true,
  head: '0'.repeat(40),
  branch: 'main',
  uncommittedFiles: 0,
  remoteUrl: REMOTE,
});

type AgentEntry = { readonly id: string } & Readonly<Record<string, unknown>>;

/** A workflow with these agents; each arrow is `source>target`. */
export function workflowOf(
  agents: readonly (string | AgentEntry)[],
  arrows: readonly string[] = [],
  settings: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    version: '1.0',
    id: 'workflow',
    name: 'Workflow',
    agents: agents.map((agent) => {
      const entry = typeof agent === 'string' ? { id: agent } : agent;
      return { name: `Agent ${entry.id}`, instructions: 'Work.', ...entry };
    }),
    connections: arrows.map((arrow) => {
      const [source, target] = arrow.split('>');
      return { id: arrow, source, target };
    }),
    settings: { runMode: 'local', cloud: { repos: [{ url: REMOTE }] }, ...settings },
  };
}
