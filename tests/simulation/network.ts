import type { FaultProfile } from './fault-profile.ts';
import type { Process } from './machine.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulatedCursor } from './truth.ts';

export type Network = {
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly cursor: SimulatedCursor;
  readonly faultProfile: FaultProfile;
  /** Told before anything that costs money leaves the daemon. */
  readonly onOrder: (kind: 'launch' | 'follow-up', agentId: string) => void;
  /** Told when the stream of a run is being read, and when it is not anymore. */
  readonly onLive: (runId: string, isLive: boolean) => void;
};
