import type { StatusView } from '../contract/daemon-views.ts';
import type { WorkInProgress } from '../engine/api.ts';
import { waitingLocalAttempts } from '../engine/waiting-attempts.ts';
import type { JournalTrouble, Recovery } from '../journal/types.ts';
import { buildName } from '../lib/product.ts';
import type { Services } from './services.ts';
import { instant, instantOrNull } from './views/instant.ts';

/** How long a computed status is cached, because every stream requests it after every commit. */
const CACHE_MS = 250;
const INSTALLED_CHECK_MS = 10_000;

const workLabels: Readonly<Record<WorkInProgress, string>> = {
  launching: 'is launching an agent',
  'following-up': 'is sending a follow-up',
  'handing-off': 'is preparing a hand-off',
  'fetching-artifacts': 'is downloading artifacts',
  cancelling: 'is cancelling a run',
};

/** The status of the daemon, computed on demand. */
export class StatusReader {
  readonly #services: Services;
  readonly #stopWatching: () => void;
  #installedCheck: { readonly at: number; readonly name: string | null } | null = null;
  #trouble: JournalTrouble | null = null;
  #cached: { readonly at: number; readonly fingerprint: string; readonly json: string } | null =
    null;

  constructor(services: Services) {
    this.#services = services;
    this.#stopWatching = services.journal.onTrouble((trouble) => {
      this.#trouble = trouble;
      this.#cached = null;
    });
  }

  get trouble(): JournalTrouble | null {
    return this.#trouble;
  }

  read(): StatusView {
    const { journal, engine, provider, license, preferences } = this.#services;
    const counts = journal.countByStatus();
    const backend = engine.backendState();
    return {
      version: this.#services.build.version,
      installed: this.#installed(),
      busyWith: [...new Set(engine.workInProgress().map((work) => workLabels[work]))],
      pid: process.pid,
      startedAt: instant(this.#services.startedAt),
      home: this.#services.home,
      lastPosition: journal.lastPosition,
      backend: {
        ...provider().backend,
        state: backend.state,
        detail: backend.detail,
        checkedAt: instantOrNull(backend.checkedAt),
      },
      liveCloudAttempts: journal.liveAttempts('cloud').length,
      maxLiveCloudAttempts: preferences.read().maxLiveCloudAttempts,
      liveLocalAttempts: journal.liveAttempts('this-machine').length,
      waitingLocalAttempts: waitingLocalAttempts(journal),
      maxLiveLocalAttempts: preferences.read().maxLiveLocalAttempts,
      runner: this.#services.localAgents.view(),
      localAgentsEnd: this.#services.localAgents.sharedShutdown(),
      sessionCounts: { ...counts },
      hasCloudSessions:
        journal.sessions({ includeDismissed: true, mode: 'cloud', limit: 0 }).total > 0,
      needYou: counts.waiting ?? 0,
      journal: {
        trouble: this.#trouble,
        quarantined: journal.quarantine().length,
        recovered: recoveredView(this.#services.recovered),
      },
      license: license.view(),
    };
  }

  /** The status as JSON for the event stream; the same text until a relevant field changes. */
  json(): string {
    const now = this.#services.now();
    const cached = this.#cached;
    if (cached !== null && now - cached.at < CACHE_MS) return cached.json;
    const status = this.read();
    const fingerprint = fingerprintOf(status);
    const json = cached?.fingerprint === fingerprint ? cached.json : JSON.stringify(status);
    this.#cached = { at: now, fingerprint, json };
    return json;
  }

  /** The name of the build on disk if it is not the running one. */
  #installed(): string | null {
    const now = this.#services.now();
    if (
      this.#installedCheck === null ||
      Math.abs(now - this.#installedCheck.at) > INSTALLED_CHECK_MS
    ) {
      const { build, installedBuild } = this.#services;
      const installed = installedBuild();
      const isOther = installed.version !== build.version || installed.commit !== build.commit;
      this.#installedCheck = { at: now, name: isOther ? buildName(installed) : null };
    }
    return this.#installedCheck.name;
  }

  close(): void {
    this.#stopWatching();
  }
}

function recoveredView(recovered: Recovery | null): StatusView['journal']['recovered'] {
  if (recovered === null) return null;
  const { cause, movedTo, backupTakenAt } = recovered;
  return { cause, movedTo, backupTakenAt: instant(backupTakenAt) };
}

/** The fields whose changes are worth sending, as text. Fields that change all the time are left out. */
function fingerprintOf(status: StatusView): string {
  return JSON.stringify({
    ...status,
    lastPosition: null,
    busyWith: null,
    backend: { ...status.backend, checkedAt: null },
    // Its memory use changes with every check.
    runner: status.runner?.pid ?? null,
  });
}
