import type { LogRecord } from '../log/record.ts';
import type { ThreadLog } from '../log/thread-log.ts';
import type { ThreadState } from './thread-state.ts';

/** A thread as the parts that work on it see it: its state, and the only way to change that. */
export type ThreadShell = {
  readonly threadId: string;
  /** For the thread's own files. */
  readonly folder: string;
  /** For the files of its harness. */
  readonly storeFolder: string;
  readonly log: Pick<ThreadLog, 'read'>;
  readonly state: ThreadState;
  /** No turn is in progress. */
  readonly isIdle: boolean;
  /** Resolves once the records are on disk. */
  record(...records: readonly LogRecord[]): Promise<unknown>;
};
