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

/** What the HTTP API stands on. The composition root fills it; tests fill it with small fakes. */
export type Services = {
  /** What runs. */
  readonly build: Build;
  /** What is on disk now: another one after an update. */
  readonly installedBuild: () => Build;
  readonly home: string;
  /** What a person types to open the app, where this daemon was started. */
  readonly command: string;
  readonly startedAt: number;
  readonly now: () => number;
  readonly log: Log;
  readonly journal: Journal;
  readonly engine: Engine;
  /** Validates hand-off schemas, apart from this process. */
  readonly handoffs: HandoffChecker;
  /** Which sessions clients look at. */
  readonly viewerPresence: ViewerPresence;
  /** Set when this start had to replace a damaged journal by its newest good backup. */
  readonly recovered: Recovery | null;
  /** The provider in force: a new key makes a new one. */
  readonly provider: () => Pick<Runtime, 'backend' | 'models' | 'repositories'>;
  readonly localAgents: LocalAgentsService;
  readonly license: LicenseApi;
  readonly credentials: CredentialService;
  readonly providers: ProviderService;
  readonly mcpValues: McpValueService;
  readonly preferences: PreferenceService;
  readonly compareEnvironment: (asked: EnvironmentBody) => Promise<EnvironmentComparison>;
  /** Folder of the example workflows that come with the product. */
  readonly examplesFolder: string;
  /** Of the person: folders inside it are offered to work in. */
  readonly homeFolder: string;
  /** Folder in which the app makes new workflow files. */
  readonly workflowsFolder: string;
  /** Text without keys, for everything that leaves the machine or is shown. */
  readonly redact: Redactor;
  readonly doctor: () => Promise<readonly DoctorCheck[]>;
  /** Called after the answer to `POST /api/stop` was sent; agents on this machine continue. */
  readonly requestStop: () => void;
  /** The address at which git on this machine reaches a repository; null for a host that it is not to contact. */
  readonly reachableAddress: (repoUrl: string) => Promise<string | null>;
};

export type Log = {
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
};

export interface LocalAgentsService {
  /** The process that runs them, as it was last seen; null while none runs. */
  view(): RunnerView | null;
  /** Why they end when the daemon does; null if they continue. */
  sharedEnd(): StatusView['localAgentsEnd'];
  /** Looks again, within a bounded time. */
  refresh(): Promise<void>;
  /** Starts nothing more, and ends everything that is at work on this machine. */
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
  /** Asks Cursor about this key, or about the one in use; a refused key is an answer, in `error`. */
  validate(key: string | undefined): Promise<CredentialView>;
  smokeTest(): Promise<Outcome<{ detail: string }>>;
}

/** The person's values for MCP servers, by the names that workflows call them. Never the value itself. */
export interface McpValueService {
  list(names: readonly string[]): Promise<readonly McpValueView[]>;
  save(name: string, change: KeyChange): Promise<Outcome<McpValueView>>;
  clear(name: string): Promise<Outcome<McpValueView>>;
}

/** The provider library. Every failure is an answer; a check that failed is one too. */
export interface ProviderService {
  known(): KnownProviders;
  list(): Promise<readonly ProviderView[]>;
  add(provider: AddProviderBody): Promise<Outcome<ProviderView>>;
  change(id: string, change: ChangeProviderBody): Promise<Outcome<ProviderView>>;
  remove(id: string): Promise<Outcome<{ ok: true }>>;
  makeDefault(id: string): Promise<Outcome<ProviderView>>;
  saveKey(id: string, change: KeyChange): Promise<Outcome<ProviderView>>;
  clearKey(id: string): Promise<Outcome<ProviderView>>;
  /** Looks for what it needs on this machine. */
  detect(id: string): Promise<Outcome<ProviderCheckView>>;
  /** Asks the provider about this key, or about the one in use. */
  validate(id: string, key: string | undefined): Promise<Outcome<ProviderCheckView>>;
  /** Runs a trivial agent. */
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
