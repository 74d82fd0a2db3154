/** One process as the system reports it. */
export type ProcessRow = {
  readonly pid: number;
  readonly parentPid: number;
  /** When it began, in a format of the system. Together with the pid it identifies the process. */
  readonly began: string;
  /** Session id: the pid of the session leader. Null where the system does not report it. */
  readonly sessionPid: number | null;
  /**
   * The thread named by `THREAD_VARIABLE` in its environment, or else by its cgroup; null if neither is set or
   * readable.
   */
  readonly threadId: string | null;
  /** The working folder of a process that is otherwise unidentified (`isDetached`); null for all others. */
  readonly detachedFolder: string | null;
  readonly name: string;
};
