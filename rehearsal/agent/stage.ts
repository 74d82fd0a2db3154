import type { Clock } from '../clock.ts';
import type { MirrorCache } from '../git/mirror.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { ArtifactDepot } from './artifact-depot.ts';
import type { RunEnding, RunLifecycle } from './run-lifecycle.ts';
import type { Variables } from './variables.ts';

/** What all executions share. */
export type Stage = {
  readonly home: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly lifecycle: RunLifecycle;
  readonly mirrors: MirrorCache;
  readonly artifacts: ArtifactDepot;
  readonly paceMs: number;
  readonly allowRun: boolean;
  readonly variables: Variables;
  /** Lets a fault replace the way a run ends. */
  readonly endingOf: (run: RunRecord, ending: RunEnding) => RunEnding;
};
