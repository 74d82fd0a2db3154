import type { Clock } from '../clock.ts';
import type { AgentRecord, RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { ArtifactDepot } from './artifact-depot.ts';
import type { Narrator } from './narrator.ts';
import type { PromptReading } from './prompt.ts';
import type { Workspace } from './workspace.ts';

/** Everything that a step needs while a run is carried out. */
export type Performance = {
  readonly run: RunRecord;
  /** Read again: branches are added while the run continues. */
  readonly agent: () => AgentRecord;
  readonly reading: PromptReading;
  readonly workspace: Workspace;
  readonly narrator: Narrator;
  readonly store: Store;
  readonly clock: Clock;
  readonly artifacts: ArtifactDepot;
  readonly signal: AbortSignal;
  readonly allowRun: boolean;
  /** Those of the agent and of this run, for its shell. */
  readonly variables: () => Readonly<Record<string, string>>;
  readonly attempt: number;
};

/** A step that ends the run says so; every other one returns nothing. */
export type StepEnd = {
  readonly status: 'ERROR' | 'EXPIRED';
  readonly text?: string;
};
