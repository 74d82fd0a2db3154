import type { Clock } from '../clock.ts';
import type { MirrorCache } from '../git/mirror.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { ArtifactFiles } from './artifact-files.ts';
import type { RunEnding, RunLifecycle } from './run-lifecycle.ts';
import type { VariableStore } from './variable-store.ts';

/** Services that all runs share. */
export type ExecutionServices = {
  readonly home: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly lifecycle: RunLifecycle;
  readonly mirrors: MirrorCache;
  readonly artifacts: ArtifactFiles;
  readonly paceMs: number;
  readonly allowRun: boolean;
  readonly variables: VariableStore;
  /** Lets a fault replace the status with which a run ends. */
  readonly overrideEnding: (run: RunRecord, ending: RunEnding) => RunEnding;
};
