import type { StatusView } from '../contract/daemon-views.ts';
import type { WorkInProgress } from '../engine/api.ts';
import type { JournalTrouble, Recovery } from '../journal/types.ts';
import { buildName } from '../lib/product.ts';
import type { Services } from './services.ts';
import { instant, instantOrNull } from './views/instant.ts';

/** How long a computed status serves: it is asked for by every stream after every commit. */
const SHARED_FOR_MS = 250;
const LOOK_AT_DISK_EVERY_MS = 10_000;

const workLabels: Readonly<Record<WorkInProgress, string>> = {
  launching: 'is launching an agent',
  'following-up': 'is sending a follow-up',
  'handing-off': 'is preparing a hand-off',
  'fetching-artifacts': 'is downloading artifacts',
  cancelling: 'is cancelling a run',
};

/** The status of the daemon, computed when someone wants it. */
export class StatusReader {
  readonly #services: Services;
  readonly #stopWatching: () => void;
  #looked: { readonly at: number; readonly name: string | null } | null = null;
  #trouble: JournalTrouble | null = null;
  #shared: { readonly at: number; readonly meaning: string; readonly json: string } | null = null;

  constructor(services: Services) {
    this.#services = services;
    this.#stopWatching = services.journal.onTrouble((trouble) => {
      this.#trouble = trouble;
      this.#shared = null;
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
      maxLiveLocalAttempts: preferences.read().maxLiveLocalAttempts,
      runner: this.#services.localAgents.view(),
      localAgentsEnd: this.#services.localAgents.sharedEnd(),
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

  /** The status as JSON for the event stream; the same text while nothing that matters has changed. */
  json(): string {
    const now = this.#services.now();
    const shared = this.#shared;
    if (shared !== null && now - shared.at < SHARED_FOR_MS) return shared.json;
    const status = this.read();
    const meaning = meaningOf(status);
    const json = shared?.meaning === meaning ? shared.json : JSON.stringify(status);
    this.#shared = { at: now, meaning, json };
    return json;
  }

  /** The name of what is on disk when that is not what runs. */
  #installed(): string | null {
    const now = this.#services.now();
    if (this.#looked === null || Math.abs(now - this.#looked.at) > LOOK_AT_DISK_EVERY_MS) {
      const { build, installedBuild } = this.#services;
      const found = installedBuild();
      const isOther = found.version !== build.version || found.commit !== build.commit;
      this.#looked = { at: now, name: isOther ? buildName(found) : null };
    }
    return this.#looked.name;
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

/** What makes a status worth sending again. The position moves with every event and says nothing by itself. */
function meaningOf(status: StatusView): string {
  return JSON.stringify({
    ...status,
    lastPosition: null,
    busyWith: null,
    backend: { ...status.backend, checkedAt: null },
    // Memory changes with every look.
    runner: status.runner?.pid ?? null,
  });
}
