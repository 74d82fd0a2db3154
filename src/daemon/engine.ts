import type { Engine } from '../engine/api.ts';
import type { ArtifactFetcher } from '../engine/context.ts';
import { createEngine } from '../engine/engine.ts';
import { createArtifactFetcher } from '../engine/handlers/artifact-fetcher.ts';
import { systemClock, systemIds } from '../engine/system.ts';
import { PRODUCT_FOLDER } from '../lib/product.ts';
import { canStartCloudRun, canUse } from '../license/evaluate.ts';
import { createRegistry } from '../runtimes/registry.ts';
import { commitLookup } from './commits.ts';
import type { DisposalStack } from './disposal-stack.ts';
import type { EngineParts } from './engine-parts.ts';
import { localMachine } from './local-machine.ts';
import { mcpForEngine } from './mcp-values.ts';
import { readProviderState } from './providers/state.ts';
import { branchPush } from './push-branch.ts';

/** Opens an engine that uses this machine's clock, git and disk. It is stopped when `parts` is disposed of. */
export function openEngine(options: EngineParts, parts: DisposalStack): Engine {
  const { home, journal, backend, licenseService, preferences, secrets, log } = options;
  const engine = createEngine({
    journal,
    ...createRegistry({
      'cursor-cloud': () => backend.provider,
      'cursor-local': () => options.localAgents.runtime('cursor-local'),
      claude: () => options.localAgents.runtime('claude'),
      codex: () => options.localAgents.runtime('codex'),
      'openai-compatible': () => options.localAgents.runtime('openai-compatible'),
    }),
    clock: systemClock,
    random: Math.random,
    ids: systemIds(journal),
    providers: () => options.providers.library.table(),
    providerState: (id) => readProviderState(options.providers, process.env, id),
    mcp: mcpForEngine(secrets.mcpValues, process.env),
    machine: localMachine({ home, installationFolder: PRODUCT_FOLDER, environment: process.env }),
    lookUpCommits: commitLookup(home, backend),
    handoffs: options.handoffs,
    fetchArtifacts: artifactFetcher(options, parts),
    readVariables: (names) => secrets.variables.read(names),
    isWatched: (id) => options.viewerPresence.isViewed(id),
    pushBranch: branchPush(process.env),
    maxLiveLocalAttempts: () => preferences.read().maxLiveLocalAttempts,
    maxLiveCloudAttempts: () => preferences.read().maxLiveCloudAttempts,
    resumeOnLaunch: () => preferences.read().resumeOnLaunch,
    mayStartCloudRuns: () => {
      const gate = canStartCloudRun(licenseService.current());
      return gate.allowed ? { ok: true } : { ok: false, error: { ...gate.error } };
    },
    mayUse: (feature) => {
      const gate = canUse(licenseService.current(), feature);
      return gate.allowed ? { ok: true } : { ok: false, error: { ...gate.error } };
    },
    log: {
      info: (facts, message) => log.info({ ...facts }, message),
      warn: (facts, message) => log.warn({ ...facts }, message),
      error: (facts, message) => log.error({ ...facts }, message),
    },
  });
  parts.defer(() => engine.stop());
  return engine;
}

/** Fetches artifacts with one fetcher for each backend, which determines the links that are safe to follow. */
function artifactFetcher(
  { home, journal, backend }: EngineParts,
  parts: DisposalStack,
): ArtifactFetcher {
  const fetchers = new Map<string, ReturnType<typeof createArtifactFetcher>>();
  parts.defer(async () => {
    await Promise.all([...fetchers.values()].map((fetcher) => fetcher.close()));
  });
  return (request) => {
    const { url } = backend.provider.backend;
    const fetcher = fetchers.get(url) ?? createArtifactFetcher(home, journal, url);
    fetchers.set(url, fetcher);
    return fetcher.fetchArtifacts(request);
  };
}
