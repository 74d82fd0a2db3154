import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Engine } from '../../src/engine/api.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { sessionProjection } from '../../src/engine/projection.ts';
import { connect, makeDurable } from '../../src/journal/database.ts';
import { SqliteJournal } from '../../src/journal/journal.ts';
import { migrate } from '../../src/journal/migrations.ts';
import { MIGRATIONS } from '../../src/journal/schema.ts';
import type { StoredEvent } from '../../src/journal/types.ts';
import { createRegistry } from '../../src/runtimes/registry.ts';
import type { FollowUpId, SessionId, ThreadId } from '../../src/session/ids.ts';
import { directChecker } from '../../testing/handoff-checker.ts';
import { testMachine } from '../../testing/local-machine.ts';
import { type Machine, Process } from './machine.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import { simulatedRuntime } from './runtime.ts';

export type DaemonOptions = {
  readonly home: string;
  readonly machine: Machine;
  readonly random: Random;
  readonly network: Omit<Network, 'process' | 'scheduler'>;
  readonly maxLive: number;
  readonly resumeOnLaunch: 'automatically' | 'ask';
  /** What a screen would be told. */
  readonly onCommitted: (events: readonly StoredEvent[]) => void;
  readonly onError: (error: unknown) => void;
};

/** One life of the daemon: the real engine on the real journal, until it crashes. */
export class Daemon {
  readonly engine: Engine;
  readonly journal: SqliteJournal;
  readonly process: Process;
  readonly #database: DatabaseSync;
  #crashAfterCommits = Number.POSITIVE_INFINITY;

  constructor(options: DaemonOptions) {
    const { machine, random, network } = options;
    this.process = new Process(machine);
    this.#database = openDatabase(options.home, machine.now);
    this.journal = new SqliteJournal({
      database: this.#database,
      projection: sessionProjection,
      now: machine.now,
      schedule: (callback, milliseconds) => this.process.after(milliseconds, callback),
      bufferLimits: { items: 40, characters: 1e6 },
      backUp: () => Promise.reject(new Error('The simulation takes no backups')),
      release: () => undefined,
    });
    this.journal.onCommitted((events) => {
      options.onCommitted(events);
      this.#crashAfterCommits -= 1;
      if (this.#crashAfterCommits <= 0) this.crash();
    });
    const provider = simulatedRuntime({
      ...network,
      scheduler: machine.scheduler,
      process: this.process,
    });
    const { sleep } = this.process;
    this.engine = createEngine({
      journal: this.journal,
      ...createRegistry({ 'cursor-cloud': () => provider }),
      clock: this.process.clock,
      random: random.next,
      ids: {
        session: () => `s_${random.hex(32)}` as SessionId,
        thread: (prefix) => `${prefix}${random.hex(32)}` as ThreadId,
        followUp: () => `f_${random.hex(32)}` as FollowUpId,
      },
      machine: testMachine(),
      lookUpCommits: async (repoUrl, refs, signal) => {
        await sleep(random.below(5_000), signal);
        const known = random.chance(0.2) ? [] : refs;
        return new Map(known.map((ref) => [ref, `commit of ${repoUrl} ${ref}`]));
      },
      handoffs: directChecker,
      fetchArtifacts: async ({ list, linkFor, signal }) => {
        const links = await Promise.all(list.map(({ path }) => linkFor(path)));
        await sleep(random.below(20_000), signal);
        const artifacts = list.map((artifact, index) =>
          links[index]?.ok
            ? { ...artifact, file: `${index}.md` }
            : { ...artifact, error: { code: 'unreachable', message: 'No link.' } },
        );
        return { artifacts, earlier: [] };
      },
      pushBranch: async () => ({ ok: true }),
      maxLiveLocalAttempts: () => 4,
      maxLiveCloudAttempts: () => options.maxLive,
      resumeOnLaunch: () => options.resumeOnLaunch,
      mayStartCloudRuns: () => ({ ok: true }),
      log: {
        info() {},
        warn() {},
        error: ({ err }: { err?: unknown }) => {
          if (this.process.isAlive) options.onError(err);
        },
      },
    });
  }

  /** Everything that was not committed is gone, in the middle of whatever was being done. */
  crash(): void {
    this.process.isAlive = false;
    if (this.#database.isOpen) this.#database.close();
  }

  /** Crashes right after this many more commits. */
  crashAfter(commits: number): void {
    this.#crashAfterCommits = commits;
  }

  /** The disk takes no more writes, or takes them again. */
  refuseWrites(isRefusing: boolean): void {
    this.#database.exec(`PRAGMA query_only = ${isRefusing ? 1 : 0}`);
  }
}

/** The journal's own database, but for the wait for the platter: the simulation kills processes, not machines. */
function openDatabase(home: string, now: () => number): DatabaseSync {
  const database = connect(join(home, 'cerevisor-cloud-runs.db'));
  makeDurable(database);
  database.exec('PRAGMA synchronous = OFF');
  migrate(database, MIGRATIONS, now);
  return database;
}
