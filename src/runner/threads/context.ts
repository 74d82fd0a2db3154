import type { StartThread } from '../../runtimes/local/start-requests.ts';
import type { ReadHistory } from '../harness/adapter.ts';
import type { SharedHosts } from '../hosts/shared-hosts.ts';
import type { HostLimits } from '../hosts/watchdog.ts';
import type { LogOptions } from '../log/thread-log.ts';
import type { ProcessTracker } from '../processes/process-tracker.ts';
import type { Workspaces } from '../workspace-port.ts';
import type { IdleHosts } from './idle-hosts.ts';

/** The program that runs a harness. `isShared`: one process serves several threads. */
export type HostProgram = { readonly file: string; readonly isShared: boolean };

/** Dependencies that all threads of a runner share. */
export type ThreadContext = {
  readonly workspaces: Workspaces;
  readonly processTracker: ProcessTracker;
  /** Processes that serve several threads. */
  readonly sharedHosts: SharedHosts;
  readonly hostProgram: (harness: StartThread['thread']['harness']) => HostProgram;
  /** Reads the harness's own history, for harnesses that may continue after their host has exited; null for others. */
  readonly historyOf: (harness: StartThread['thread']['harness']) => ReadHistory | null;
  /** Contains a subfolder for each harness, for files shared by all of its threads. */
  readonly harnessFiles: string;
  /** Environment of hosts and their descendants; contains no keys. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: HostLimits;
  /** Hosts without a turn, which are kept for a possible next one. */
  readonly idleHosts: IdleHosts;
  readonly threadLogOptions: LogOptions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (message: string) => void;
};

export type Secrets = StartThread['secrets'];
export type ThreadRequest = StartThread['thread'];
export type TurnRequest = StartThread['turn'];
