const DAY_MS = 24 * 60 * 60 * 1000;
export const TRIAL_MS = 7 * DAY_MS;

/** A step of the clock up to this long is trusted as time that passed. */
const TRUSTED_STEP_MS = DAY_MS;
/** Longer than machines are usually off, so a longer step is always doubtful. */
const LONGEST_ABSENCE_MS = 30 * DAY_MS;
/** A doubtful step is accepted once the clock has continued from there for this long. */
const CONFIRMED_AFTER_MS = DAY_MS;

/**
 * What an installation has recorded of the clock. All times in milliseconds since the epoch.
 *
 * A trial is seven days of observed time. Clocks are set forward and back by people, by NTP and by virtual machines that
 * resume, and offline there is no way to tell which setting was right. So observed time is never given back, and a step
 * that was not observed is undone when the clock is set back.
 */
export type ElapsedTime = {
  readonly firstStartAt: number;
  /** The latest trusted time. */
  readonly lastSeenAt: number;
  /** The clock when it was last trusted; absent if that equals `lastSeenAt`. */
  readonly clockAt?: number | undefined;
  /** Time that passed a second time after the clock was set back. */
  readonly repeatedMs?: number | undefined;
  /** A doubtful step: where the clock stands now, and how much time was observed since the step. */
  readonly doubt?: { readonly clockAt: number; readonly witnessedMs: number } | undefined;
  /** All the time that was observed, whatever the clock showed; absent in records of the first versions. */
  readonly witnessedMs?: number | undefined;
};

/** How much of the trial is used at the current time. */
export function usedTrialMs(time: ElapsedTime, now: number): number {
  const passedMs = time.lastSeenAt - time.firstStartAt + (time.repeatedMs ?? 0);
  return passedMs + countedMs(time, time.clockAt ?? time.lastSeenAt, now);
}

/** How much time a step of the clock adds. A long step forward after the clock was set back only corrects the clock. */
function countedMs({ lastSeenAt }: ElapsedTime, from: number, now: number): number {
  const isLong = now - from > TRUSTED_STEP_MS;
  return Math.max(0, now - (isLong ? Math.max(from, lastSeenAt) : from));
}

/** How much time was observed, without jumps of the clock and long absences. */
export const witnessedMs = (time: ElapsedTime): number =>
  time.witnessedMs ?? usedTrialMs(time, time.clockAt ?? time.lastSeenAt);

/** The record updated with the current time of the clock. */
export function recordClock<Time extends ElapsedTime>(time: Time, now: number): Time {
  const stepMs = now - (time.doubt?.clockAt ?? time.clockAt ?? time.lastSeenAt);
  const newMs = stepMs > TRUSTED_STEP_MS ? 0 : Math.max(0, stepMs);
  return { ...advance(time, now), witnessedMs: witnessedMs(time) + newMs };
}

function advance<Time extends ElapsedTime>(time: Time, now: number): Time {
  const trustedAt = time.clockAt ?? time.lastSeenAt;
  const { doubt, ...rest } = time;
  // `rest` is the record without an optional field, which is a record.
  const trusted = rest as unknown as Time;
  if (now < (doubt?.clockAt ?? trustedAt)) {
    return doubt !== undefined && now >= trustedAt
      ? advance(trusted, now)
      : { ...trusted, clockAt: now };
  }
  const stepMs = now - (doubt?.clockAt ?? trustedAt);
  if (doubt === undefined) {
    return isDoubtful(time, stepMs, now)
      ? { ...time, doubt: { clockAt: now, witnessedMs: 0 } }
      : accept(trusted, trustedAt, now);
  }
  const witnessedMs = doubt.witnessedMs + Math.min(stepMs, TRUSTED_STEP_MS / 2);
  return witnessedMs >= CONFIRMED_AFTER_MS
    ? accept(trusted, trustedAt, now)
    : { ...time, doubt: { clockAt: now, witnessedMs } };
}

/** A long step is doubtful if it would end the trial, or is longer than any usual absence. */
function isDoubtful(time: ElapsedTime, stepMs: number, now: number): boolean {
  if (stepMs <= TRUSTED_STEP_MS) return false;
  const wouldEndTrial =
    usedTrialMs(time, now) >= TRIAL_MS && usedTrialMs(time, now - stepMs) < TRIAL_MS;
  if (now <= time.lastSeenAt) return false;
  return wouldEndTrial || stepMs > LONGEST_ABSENCE_MS;
}

function accept<Time extends ElapsedTime>(time: Time, from: number, now: number): Time {
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
