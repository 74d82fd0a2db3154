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

type Given = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly preferences: PreferencesFile;
  readonly licenseService: LicenseService;
  readonly backend: Backend;
};

/** What the engine works with, and what the server shows of it. */
export type EngineParts = Given & {
  readonly providers: Providers;
  readonly localAgents: LocalAgents;
  readonly viewerPresence: ViewerPresence;
  readonly handoffs: HandoffCheckProcess;
};

/** Opens what the engine needs besides the parts given; each is closed when `parts` are disposed of. */
export function openEngineParts(given: Given, parts: DisposalStack): EngineParts {
  const { home, environment, backend, secrets, log } = given;
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
    ...given,
    providers,
    localAgents,
    viewerPresence: new ViewerPresence(Date.now),
    handoffs,
  };
}
