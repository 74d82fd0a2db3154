/** One process as the system shows it now. */
export type ProcessRow = {
  readonly pid: number;
  readonly parentPid: number;
  /** When it began, in the system's own terms: with the number it names this very process. */
  readonly began: string;
  /** Of the session it belongs to, where the system has such: the number of the process that opened it. */
  readonly sessionPid: number | null;
  /** What `THREAD_VARIABLE` in its environment, or else its cgroup, says; null if neither does, or is shown. */
  readonly threadId: string | null;
  /** The folder in which it works, of a process that nothing else tells about (`isStray`). Null for all others. */
  readonly strayFolder: string | null;
  readonly name: string;
};
