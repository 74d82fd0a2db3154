import type { Backoff } from '../../../lib/backoff.ts';
import { MAX_FRAME_CHARACTERS } from './frame-parser.ts';
import { DEFAULT_WATCHDOG, type WatchdogLimits } from './watchdog.ts';

/** Every number of the reading loop, so that tests can shorten them. */
export type FollowLimits = {
  readonly backoff: Backoff;
  readonly watchdog: WatchdogLimits;
  /** A connection that lived this long, or brought something new, starts the backoff again. */
  readonly lifeThatCountsMs: number;
  /** Silence after the run has ended, or said so, before the record is asked and the connection made again. */
  readonly endingSilenceMs: number;
  /** Tries in a row that Cursor answered without anything new, once the run has ended. */
  readonly endingTries: number;
  /** The same once the result has been read: nothing but `done` is missing then. */
  readonly endingTriesAfterResult: number;
  readonly heartbeatEveryMs: number;
  readonly maxFrameCharacters: number;
  /** The record is asked this often while Cursor wants no connections. */
  readonly recordWhilePausedMs: number;
};

export const DEFAULT_FOLLOW_LIMITS: FollowLimits = {
  backoff: { baseMs: 500, capMs: 30_000 },
  watchdog: DEFAULT_WATCHDOG,
  lifeThatCountsMs: 30_000,
  endingSilenceMs: 15_000,
  endingTries: 8,
  endingTriesAfterResult: 3,
  heartbeatEveryMs: 10_000,
  maxFrameCharacters: MAX_FRAME_CHARACTERS,
  recordWhilePausedMs: 60_000,
};
