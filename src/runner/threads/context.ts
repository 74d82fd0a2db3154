import type { StartThread } from '../../runtimes/local/protocol.ts';
import type { HostLimits } from '../hosts/watchdog.ts';
import type { LogOptions } from '../log/thread-log.ts';
import type { FamilyWatch } from '../processes/family-watch.ts';
import type { Workspaces } from '../workspace-port.ts';

/** What all threads of a runner share. */
export type ThreadContext = {
  readonly workspaces: Workspaces;
  readonly families: FamilyWatch;
  /** The file of the program that runs a harness. */
  readonly hostProgram: (harness: StartThread['thread']['harness']) => string;
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
