import type { Clock } from '../clock.ts';
import type { AgentRecord, RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { ArtifactFiles } from './artifact-files.ts';
import type { ParsedPrompt } from './prompt.ts';
import type { RunStreamWriter } from './run-stream-writer.ts';
import type { Workspace } from './workspace.ts';

/** Everything that the steps of a run need. */
export type RunContext = {
  readonly run: RunRecord;
  /** Reads the current record: branches are added during the run. */
  readonly agent: () => AgentRecord;
  readonly parsedPrompt: ParsedPrompt;
  readonly workspace: Workspace;
  readonly writer: RunStreamWriter;
  readonly store: Store;
  readonly clock: Clock;
  readonly artifacts: ArtifactFiles;
  readonly signal: AbortSignal;
  readonly allowRun: boolean;
  /** Environment variables of the agent and of this run, for its shell. */
  readonly variables: () => Readonly<Record<string, string>>;
  readonly attempt: number;
};

/** Returned by a step that ends the run. */
export type StepEnd = {
  readonly status: 'ERROR' | 'EXPIRED';
  readonly text?: string;
};
