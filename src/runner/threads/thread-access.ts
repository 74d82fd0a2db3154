import type { LogRecord } from '../log/record.ts';
import type { ThreadLog } from '../log/thread-log.ts';
import type { ThreadState } from './thread-state.ts';

/** The state of a thread, and the only way to change it, for the modules that work on it. */
export type ThreadAccess = {
  readonly threadId: string;
  /** The thread's own folder. */
  readonly folder: string;
  /** The folder for the harness's files. */
  readonly storeFolder: string;
  readonly log: Pick<ThreadLog, 'read'>;
  readonly state: ThreadState;
  /** No turn is in progress. */
  readonly isIdle: boolean;
  /** Resolves once the records are on disk. */
  record(...records: readonly LogRecord[]): Promise<unknown>;
};
