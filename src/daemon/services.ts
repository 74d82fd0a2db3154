import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engine/api.ts';
import { launchCommand } from '../lib/launch-command.ts';
import { installedBuild, PRODUCT_FOLDER } from '../lib/product.ts';
import type { Services } from '../server/services.ts';
import { reachableAddress } from './commits.ts';
import { credentialService } from './credential-service.ts';
import { runChecks } from './doctor.ts';
import type { EngineParts } from './engine-parts.ts';
import { licenseApi } from './license-api.ts';
import { mcpValueService } from './mcp-values.ts';
import { providerService } from './providers/service.ts';
import { environmentService } from './shell-environment.ts';

type ServiceParts = EngineParts &
  Pick<Services, 'recovered' | 'requestStop'> & { readonly engine: Engine };

/** Implements the services of the server with the parts of this daemon. */
export function createServices(parts: ServiceParts): Services {
  const { home, environment, journal, engine, backend, localAgents, providers, secrets } = parts;
  const license = licenseApi(parts.licenseService);
  const credentials = credentialService(secrets.credentials, backend, engine);
  const { recovered, log, handoffs, viewerPresence, preferences, requestStop } = parts;
  return {
    build: installedBuild(),
    installedBuild,
    home,
    command: launchCommand({ environment, productFolder: PRODUCT_FOLDER, home }),
    startedAt: Date.now(),
    now: Date.now,
    log,
    journal,
    engine,
    handoffs,
    viewerPresence,
    recovered,
    provider: () => backend.provider,
    localAgents: {
      view: () => localAgents.view(),
      sharedShutdown: () => localAgents.sharedShutdown(),
      refresh: () => localAgents.refresh(),
      endAll: () => localAgents.endAll(engine),
    },
    license,
    credentials,
    mcpValues: mcpValueService(secrets.mcpValues),
    providers: providerService({
      home,
      environment,
      providers,
      cursor: credentials,
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
    redact: secrets.redact,
    compareEnvironment: environmentService(backend, credentials, environment, secrets.daemonToken),
    doctor: () =>
      runChecks({ home, journal, recovered, engine, backend, localAgents, credentials, license }),
    requestStop,
    reachableAddress: (repoUrl) => reachableAddress(home, backend, repoUrl, environment),
  };
}
