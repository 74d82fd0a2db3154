import type { StartThread } from '../../runtimes/local/start-requests.ts';
import type { ReadHistory } from '../harness/adapter.ts';
import type { SharedHosts } from '../hosts/shared-hosts.ts';
import type { HostLimits } from '../hosts/watchdog.ts';
import type { LogOptions } from '../log/thread-log.ts';
import type { FamilyWatch } from '../processes/family-watch.ts';
import type { Workspaces } from '../workspace-port.ts';

/** The file of the program that runs a harness. `isShared`: one process of it serves several threads. */
export type HostProgram = { readonly file: string; readonly isShared: boolean };

/** What all threads of a runner share. */
export type ThreadContext = {
  readonly workspaces: Workspaces;
  readonly families: FamilyWatch;
  /** Hosts whose process serves several threads. */
  readonly sharedHosts: SharedHosts;
  readonly hostProgram: (harness: StartThread['thread']['harness']) => HostProgram;
  /** Reads what a harness did when nobody heard of it; null for one that ends with its host. */
  readonly historyOf: (harness: StartThread['thread']['harness']) => ReadHistory | null;
  /** A folder with one for each harness, for what it keeps for all threads. */
  readonly harnessFiles: string;
  /** For hosts and what they start; without any key. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: HostLimits;
  /** A host without a turn is kept for so long: a further turn may come soon. */
  readonly idleHostMs: number;
  readonly logOptions: LogOptions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly say: (message: string) => void;
};

export type Secrets = StartThread['secrets'];
export type ThreadRequest = StartThread['thread'];
export type TurnRequest = StartThread['turn'];
