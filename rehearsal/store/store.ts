import { AgentStore } from './agents.ts';
import { ArtifactStore } from './artifacts.ts';
import { inTransaction, openDatabase } from './database.ts';
import { EventStore } from './events.ts';
import { LedgerStore } from './ledger-entries.ts';
import { LocalTurnStore } from './local-turns.ts';
import { ModelTurnStore } from './model-turns.ts';
import { PullRequestStore } from './pull-requests.ts';
import { RunStore } from './runs.ts';
import { SettingStore } from './settings.ts';

export type Store = {
  readonly agents: AgentStore;
  readonly runs: RunStore;
  readonly events: EventStore;
  readonly localTurns: LocalTurnStore;
  readonly modelTurns: ModelTurnStore;
  readonly artifacts: ArtifactStore;
  readonly pullRequests: PullRequestStore;
  readonly ledger: LedgerStore;
  readonly settings: SettingStore;
  transaction<Result>(work: () => Result): Result;
  close(): void;
};

/** All state of the rehearsal cloud in one SQLite file. */
export function openStore(file: string): Store {
  const database = openDatabase(file);
  return {
    agents: new AgentStore(database),
    runs: new RunStore(database),
    events: new EventStore(database),
    localTurns: new LocalTurnStore(database),
    modelTurns: new ModelTurnStore(database),
    artifacts: new ArtifactStore(database),
    pullRequests: new PullRequestStore(database),
    ledger: new LedgerStore(database),
    settings: new SettingStore(database),
    transaction: (work) => inTransaction(database, work),
    close: () => database.close(),
  };
}
