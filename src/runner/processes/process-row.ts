/** One process as the system shows it now. */
export type ProcessRow = {
  readonly pid: number;
  readonly parentPid: number;
  /** When it began, in the system's own terms: with the number it names this very process. */
  readonly began: string;
  /** Of the session it belongs to, where the system has such: the number of the process that opened it. */
  readonly sessionPid: number | null;
  /** What `THREAD_VARIABLE` says in its environment; null where it says nothing or the system does not show it. */
  readonly threadId: string | null;
  readonly name: string;
};
