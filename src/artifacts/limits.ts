const MiB = 1024 * 1024;

/** Limits that protect against storage that reports wrong sizes, sends too much or sends too slowly. */
export type ArtifactLimits = {
  readonly maxFileBytes: number;
  /** For all artifacts of one attempt together. */
  readonly maxTotalBytes: number;
  readonly maxFiles: number;
  /** A download that would leave less than this on the disk does not start. */
  readonly minFreeBytes: number;
  /** The longest time without data, including the wait for the first byte. */
  readonly idleTimeoutMs: number;
  /** Slowest acceptable average over `rateWindowMs`. */
  readonly minBytesPerSecond: number;
  readonly rateWindowMs: number;
  readonly maxRedirects: number;
  /** Attempts after a broken connection or a temporary failure of the storage. */
  readonly maxAttempts: number;
};

export const defaultLimits: ArtifactLimits = {
  maxFileBytes: 2048 * MiB,
  maxTotalBytes: 8192 * MiB,
  // Cursor lists at most 100.
  maxFiles: 1000,
  minFreeBytes: 512 * MiB,
  idleTimeoutMs: 60_000,
  minBytesPerSecond: 1024,
  rateWindowMs: 60_000,
  maxRedirects: 5,
  maxAttempts: 4,
};
