import type {
  CredentialView,
  LicenseView,
  RunnerView,
  StatusView,
} from '../contract/daemon-views.ts';
import type { McpValueView } from '../contract/mcp-values.ts';
import type {
  AddProviderBody,
  ChangeProviderBody,
  HarnessView,
  ProviderCheckView,
  ProviderModels,
  ProviderView,
} from '../contract/providers.ts';
import type { EnvironmentBody } from '../contract/requests.ts';
import type { DoctorCheck, EnvironmentComparison, PreferencesView } from '../contract/responses.ts';
import type { Engine, Outcome } from '../engine/api.ts';
import type { HandoffChecker } from '../handoff/checker.ts';
import type { Journal, Recovery } from '../journal/types.ts';
import type { Build } from '../lib/product.ts';
import type { Redactor } from '../lib/redact.ts';
import type { Runtime } from '../runtimes/port.ts';
import type { KnownProviders } from '../workflow/providers.ts';
import type { ViewerPresence } from './viewer-presence.ts';

/** The dependencies of the HTTP API. The daemon provides the real ones; tests provide small fakes. */
export type Services = {
  /** The running build. */
  readonly build: Build;
  /** The build on disk, which differs after an update. */
  readonly installedBuild: () => Build;
  readonly home: string;
  /** The command that opens the app. */
  readonly command: string;
  readonly startedAt: number;
  readonly now: () => number;
  readonly log: Log;
  readonly journal: Journal;
  readonly engine: Engine;
  /** Validates hand-off schemas in a separate process. */
  readonly handoffs: HandoffChecker;
  /** The sessions that clients are viewing. */
  readonly viewerPresence: ViewerPresence;
  /** Set if this start replaced a damaged journal with its newest valid backup. */
  readonly recovered: Recovery | null;
  /** The current provider, which changes when the key changes. */
  readonly provider: () => Pick<Runtime, 'backend' | 'models' | 'repositories'>;
  readonly localAgents: LocalAgentsService;
  readonly license: LicenseApi;
  readonly credentials: CredentialService;
  readonly providers: ProviderService;
  readonly mcpValues: McpValueService;
  readonly preferences: PreferenceService;
  readonly compareEnvironment: (body: EnvironmentBody) => Promise<EnvironmentComparison>;
  /** The folder of the example workflows. */
  readonly examplesFolder: string;
  /** The user's home folder, whose subfolders are offered to work in. */
  readonly homeFolder: string;
  /** The folder in which the app creates workflow files. */
  readonly workflowsFolder: string;
  /** Removes secrets from everything that is shown or leaves this machine. */
  readonly redact: Redactor;
  readonly doctor: () => Promise<readonly DoctorCheck[]>;
  /** Called after the response to `POST /api/stop` was sent. Local agents continue. */
  readonly requestStop: () => void;
  /** The address of a repository for git on this machine; null if git must not contact its host. */
  readonly reachableAddress: (repoUrl: string) => Promise<string | null>;
};

export type Log = {
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
};

export interface LocalAgentsService {
  /** The runner at the last refresh; null if none is running. */
  view(): RunnerView | null;
  /** Why they end when the daemon does; null if they continue. */
  sharedShutdown(): StatusView['localAgentsEnd'];
  /** Queries the runner again, with a time limit. */
  refresh(): Promise<void>;
  /** Stops launching agents, and ends all local agents. */
  endAll(): Promise<Outcome<{ ended: number; survivors: readonly string[] }>>;
}

export interface LicenseApi {
  view(): LicenseView;
  activate(key: string): Promise<Outcome<LicenseView>>;
  deactivate(): Promise<Outcome<LicenseView>>;
}

export type KeyChange = {
  readonly key: string;
  readonly store: 'keychain' | 'file';
  readonly consent: boolean;
};

export interface CredentialService {
  view(): Promise<CredentialView>;
  save(change: KeyChange): Promise<Outcome<CredentialView>>;
  clear(): Promise<Outcome<CredentialView>>;
  /** Asks Cursor about this key, or about the one in use. A rejected key is reported in `error`. */
  validate(key: string | undefined): Promise<CredentialView>;
  smokeTest(): Promise<Outcome<{ detail: string }>>;
}

/** The user's values for MCP servers, by the names that workflows use. The values themselves are never returned. */
export interface McpValueService {
  list(names: readonly string[]): Promise<readonly McpValueView[]>;
  save(name: string, change: KeyChange): Promise<Outcome<McpValueView>>;
  clear(name: string): Promise<Outcome<McpValueView>>;
}

/** The provider library. Failures are returned as values; a failed check is a successful call. */
export interface ProviderService {
  known(): KnownProviders;
  list(): Promise<readonly ProviderView[]>;
  add(provider: AddProviderBody): Promise<Outcome<ProviderView>>;
  change(id: string, change: ChangeProviderBody): Promise<Outcome<ProviderView>>;
  remove(id: string): Promise<Outcome<{ ok: true }>>;
  makeDefault(id: string): Promise<Outcome<ProviderView>>;
  saveKey(id: string, change: KeyChange): Promise<Outcome<ProviderView>>;
  clearKey(id: string): Promise<Outcome<ProviderView>>;
  /** Checks whether this machine has what the provider needs. */
  detect(id: string): Promise<Outcome<ProviderCheckView>>;
  /** Asks the provider about this key, or about the one in use. */
  validate(id: string, key: string | undefined): Promise<Outcome<ProviderCheckView>>;
  /** Runs a trivial agent to test the whole setup. */
  smokeTest(id: string): Promise<Outcome<ProviderCheckView>>;
  models(id: string): Promise<Outcome<ProviderModels>>;
  harnesses(): Promise<readonly HarnessView[]>;
  fetchHarness(name: HarnessView['name']): Promise<HarnessView>;
  cancelFetch(name: HarnessView['name']): Promise<HarnessView>;
}

export interface PreferenceService {
  read(): PreferencesView;
  change(changes: Readonly<Record<string, unknown>>): Promise<Outcome<PreferencesView>>;
}
