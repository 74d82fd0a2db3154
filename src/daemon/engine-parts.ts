import { HandoffCheckProcess } from '../handoff/checker.ts';
import type { Journal } from '../journal/types.ts';
import { installedBuild } from '../lib/product.ts';
import type { LicenseService } from '../license/license-service.ts';
import type { Log } from '../server/services.ts';
import { ViewerPresence } from '../server/viewer-presence.ts';
import type { PreferencesFile } from '../settings/preferences.ts';
import type { Backend } from './backend.ts';
import type { DisposalStack } from './disposal-stack.ts';
import { LocalAgents } from './local-agents.ts';
import { withMcpValues } from './mcp-values.ts';
import { openProviders, type Providers } from './providers/open.ts';
import type { Secrets } from './secrets.ts';

type EngineDependencies = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly preferences: PreferencesFile;
  readonly licenseService: LicenseService;
  readonly backend: Backend;
};

/** The parts that the engine and the server use. */
export type EngineParts = EngineDependencies & {
  readonly providers: Providers;
  readonly localAgents: LocalAgents;
  readonly viewerPresence: ViewerPresence;
  readonly handoffs: HandoffCheckProcess;
};

/** Opens the remaining parts that the engine needs. They are closed when `parts` is disposed of. */
export function openEngineParts(
  dependencies: EngineDependencies,
  parts: DisposalStack,
): EngineParts {
  const { home, environment, backend, secrets, log } = dependencies;
  const keys = secrets.providerKeys;
  const providers = openProviders({ home, environment, keys, backend, log });
  parts.defer(() => providers.harnesses.close());
  const localAgents = new LocalAgents({
    home,
    version: installedBuild().version,
    environment,
    backend,
    connect: providers.connect,
    withMcpValues: (servers) => withMcpValues(secrets.mcpValues, servers),
    log,
  });
  parts.defer(() => localAgents.close());
  const handoffs = new HandoffCheckProcess();
  parts.defer(() => handoffs[Symbol.dispose]());
  return {
    ...dependencies,
    providers,
    localAgents,
    viewerPresence: new ViewerPresence(Date.now),
    handoffs,
  };
}
