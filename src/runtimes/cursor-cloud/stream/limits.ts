import type { Backoff } from '../../../lib/backoff.ts';
import { MAX_FRAME_CHARACTERS } from './frame-parser.ts';
import { DEFAULT_WATCHDOG, type WatchdogLimits } from './watchdog.ts';

/** The timings and limits of following a run; configurable for tests. */
export type FollowLimits = {
  readonly backoff: Backoff;
  readonly watchdog: WatchdogLimits;
  /** A connection that lasted this long, or made progress, resets the backoff. */
  readonly stableConnectionMs: number;
  /** Silence after the run has ended, or announced its end, before the record is read and the stream is opened again. */
  readonly endingSilenceMs: number;
  /** Consecutive connections without progress that are allowed once the run has ended. */
  readonly endingTries: number;
  /** The same once the result has been read, so that only `done` is missing. */
  readonly endingTriesAfterResult: number;
  readonly heartbeatIntervalMs: number;
  readonly maxFrameCharacters: number;
  /** How often the record is read while Cursor accepts no connections. */
  readonly pausedRecordIntervalMs: number;
};

export const DEFAULT_FOLLOW_LIMITS: FollowLimits = {
  backoff: { baseMs: 500, capMs: 30_000 },
  watchdog: DEFAULT_WATCHDOG,
  stableConnectionMs: 30_000,
  endingSilenceMs: 15_000,
  endingTries: 8,
  endingTriesAfterResult: 3,
  heartbeatIntervalMs: 10_000,
  maxFrameCharacters: MAX_FRAME_CHARACTERS,
  pausedRecordIntervalMs: 60_000,
};
