const DAY_MS = 24 * 60 * 60 * 1000;
export const TRIAL_MS = 7 * DAY_MS;

/** A step of the clock up to this long is taken for time that passed. */
const BELIEVED_STEP_MS = DAY_MS;
/** No machine is expected to be off for longer, so a longer step is doubtful whatever follows from it. */
const LONGEST_ABSENCE_MS = 30 * DAY_MS;
/** A doubtful step counts as time that passed once the clock has continued from there for this long. */
const CONFIRMED_AFTER_MS = DAY_MS;

/**
 * What an installation remembers of the clock. All times in milliseconds since the epoch.
 *
 * A trial is seven days of time that was seen passing. Clocks are set, forward and back, by people, by NTP and by
 * virtual machines that wake up; offline nobody can tell which setting was right. So time that passed is never given
 * back, and a step that nobody saw passing is undone when the clock comes back.
 */
export type PassedTime = {
  readonly firstStartAt: number;
  /** The latest time that is believed to have come. */
  readonly lastSeenAt: number;
  /** Where the clock stood when it was last believed; absent while that is `lastSeenAt`. */
  readonly clockAt?: number | undefined;
  /** Time that passed again after the clock had been set back. */
  readonly repeatedMs?: number | undefined;
  /** Where the clock has jumped to, and how long it has continued from there. */
  readonly doubt?: { readonly clockAt: number; readonly witnessedMs: number } | undefined;
  /** All the time that Cerevisor saw passing, whatever the clock said; absent in records of the first versions. */
  readonly witnessedMs?: number | undefined;
};

/** How much of the trial is used up, as the clock stands now. */
export function usedMs(time: PassedTime, now: number): number {
  const passedMs = time.lastSeenAt - time.firstStartAt + (time.repeatedMs ?? 0);
  return passedMs + countedMs(time, time.clockAt ?? time.lastSeenAt, now);
}

/** What a step of the clock adds. A long one through time that has counted before is a clock that was set right again. */
function countedMs({ lastSeenAt }: PassedTime, from: number, now: number): number {
  const isLong = now - from > BELIEVED_STEP_MS;
  return Math.max(0, now - (isLong ? Math.max(from, lastSeenAt) : from));
}

/** How much time Cerevisor saw passing. No jump of the clock is in it, and no long absence. */
export const witnessedMs = (time: PassedTime): number =>
  time.witnessedMs ?? usedMs(time, time.clockAt ?? time.lastSeenAt);

/** The record after one more look at the clock. */
export function lookAtClock<Time extends PassedTime>(time: Time, now: number): Time {
  const stepMs = now - (time.doubt?.clockAt ?? time.clockAt ?? time.lastSeenAt);
  const newMs = stepMs > BELIEVED_STEP_MS ? 0 : Math.max(0, stepMs);
  return { ...believe(time, now), witnessedMs: witnessedMs(time) + newMs };
}

function believe<Time extends PassedTime>(time: Time, now: number): Time {
  const believedAt = time.clockAt ?? time.lastSeenAt;
  const { doubt, ...rest } = time;
  // `rest` is the record without an optional field, which is a record.
  const trusted = rest as unknown as Time;
  if (now < (doubt?.clockAt ?? believedAt)) {
    return doubt !== undefined && now >= believedAt
      ? believe(trusted, now)
      : { ...trusted, clockAt: now };
  }
  const stepMs = now - (doubt?.clockAt ?? believedAt);
  if (doubt === undefined) {
    return isDoubtful(time, stepMs, now)
      ? { ...time, doubt: { clockAt: now, witnessedMs: 0 } }
      : pass(trusted, believedAt, now);
  }
  const witnessedMs = doubt.witnessedMs + Math.min(stepMs, BELIEVED_STEP_MS / 2);
  return witnessedMs >= CONFIRMED_AFTER_MS
    ? pass(trusted, believedAt, now)
    : { ...time, doubt: { clockAt: now, witnessedMs } };
}

/** A long step is doubtful where something would end by it. */
function isDoubtful(time: PassedTime, stepMs: number, now: number): boolean {
  if (stepMs <= BELIEVED_STEP_MS) return false;
  const wouldEndTrial = usedMs(time, now) >= TRIAL_MS && usedMs(time, now - stepMs) < TRIAL_MS;
  if (now <= time.lastSeenAt) return false;
  return wouldEndTrial || stepMs > LONGEST_ABSENCE_MS;
}

function pass<Time extends PassedTime>(time: Time, from: number, now: number): Time {
  const { clockAt: _, ...rest } = time;
  const newMs = Math.max(0, now - time.lastSeenAt);
  const repeatedMs = (time.repeatedMs ?? 0) + countedMs(time, from, now) - newMs;
  // Optional fields are left out or set; the rest is the record as it was.
  return {
    ...rest,
    lastSeenAt: Math.max(time.lastSeenAt, now),
    ...(now < time.lastSeenAt ? { clockAt: now } : {}),
    ...(repeatedMs <= 0 ? {} : { repeatedMs }),
  } as unknown as Time;
}
