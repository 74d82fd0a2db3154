import { plural } from '../lib/format.ts';
import { type ElapsedTime, TRIAL_MS, usedTrialMs, witnessedMs } from './elapsed-time.ts';
import type { CheckedKey, LicenseClaims, LicenseProblem } from './token.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const TRIAL_DAYS = TRIAL_MS / DAY_MS;

export type LicenseTier = 'trial' | 'free' | 'paid';

/** The license of this installation, and the reason for it. */
export type License = {
  readonly tier: LicenseTier;
  readonly reason: 'trial_running' | 'trial_over' | 'key_active';
  /** Days left, including the current one; absent if the license does not end. */
  readonly daysLeft?: number;
  /** Milliseconds since the epoch. */
  readonly endsAt?: number;
  readonly holder?: string;
  readonly seats?: number;
  /** Why the stored key is not valid; the tier is then that of an installation without a key. */
  readonly problem?: LicenseProblem;
};

export type LicenseFacts = ElapsedTime & {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The stored key as returned by `checkKey`. */
  readonly key?: CheckedKey | undefined;
  /** How much time had been observed when each key was first activated, by `keyIdentity`. */
  readonly keysSince?: Readonly<Record<string, number>> | undefined;
};

/** Identifies a key, independent of white space in it. */
export const keyIdentity = ({ sub, iat, exp }: LicenseClaims): string => `${sub} ${iat} ${exp}`;

/** Derives the license from the facts. Pure: the same facts always give the same license. */
export function evaluateLicense(facts: LicenseFacts): License {
  const { key, now } = facts;
  if (key === undefined) return withoutKey(facts);
  const problem = key.ok ? timeProblem(key.claims, facts) : key.problem;
  if (!key.ok || problem !== undefined)
    return { ...withoutKey(facts), ...(problem && { problem }) };
  const { sub, name, tier, seats, exp } = key.claims;
  return {
    tier,
    reason: 'key_active',
    holder: name ?? sub,
    ...(seats === undefined ? {} : { seats }),
    ...(exp === undefined ? {} : { endsAt: exp * 1000, daysLeft: daysUntil(exp * 1000, now) }),
  };
}

function timeProblem(claims: LicenseClaims, facts: LicenseFacts): LicenseProblem | undefined {
  const { iat, nbf, exp } = claims;
  if (exp !== undefined && (facts.now >= exp * 1000 || isTimeUsedUp(claims, exp, facts)))
    return {
      code: 'license_expired',
      message: `This license expired on ${dateOf(exp)}.`,
      suggestion:
        'Renew the subscription and activate the new key. If the date is wrong, check the clock of this machine.',
    };
  // A day of grace for the time of issue, because a new key must work even if this machine's clock is slow.
  const begins = Math.max(nbf ?? 0, iat - DAY_MS / 1000);
  if (latestKnownTime(facts) >= begins * 1000) return undefined;
  return {
    code: 'license_not_yet_valid',
    message: `This license is valid from ${dateOf(nbf ?? iat)}.`,
    suggestion: 'Check the clock of this machine, or activate the key on that date.',
  };
}

const latestKnownTime = ({ now, lastSeenAt, firstStartAt }: LicenseFacts): number =>
  Math.max(now, lastSeenAt, firstStartAt);

/**
 * Once the expiry date has been reached, the clock is no longer reliable: either it was ahead then, or it was set back
 * since. Such a key is valid for as much observed time as it was issued for, so that a clock that was ahead does not end
 * it early, and setting the clock back does not extend it forever.
 */
function isTimeUsedUp(claims: LicenseClaims, exp: number, facts: LicenseFacts): boolean {
  if (latestKnownTime(facts) < exp * 1000) return false;
  const issuedForMs = (exp - Math.max(claims.iat, claims.nbf ?? 0)) * 1000;
  return witnessedMs(facts) - (facts.keysSince?.[keyIdentity(claims)] ?? 0) >= issuedForMs;
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function withoutKey(facts: LicenseFacts): License {
  const leftMs = TRIAL_MS - usedTrialMs(facts, facts.now);
  const endsAt = facts.now + leftMs;
  if (leftMs <= 0) return { tier: 'free', reason: 'trial_over', endsAt };
  return { tier: 'trial', reason: 'trial_running', endsAt, daysLeft: daysUntil(endsAt, facts.now) };
}

function daysUntil(endsAt: number, now: number): number {
  return Math.max(0, Math.ceil((endsAt - now) / DAY_MS));
}

export type LicenseGate =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly error: {
        readonly code: 'license_required';
        readonly message: string;
        readonly suggestion: string;
      };
    };

/**
 * Whether new cloud runs may start. Only starting requires a license: existing runs can be followed, reconnected,
 * cancelled and fetched in every tier.
 */
export function canStartCloudRun(license: License): LicenseGate {
  if (license.tier !== 'free') return { allowed: true };
  const cause = license.problem?.message ?? 'The trial is over.';
  return {
    allowed: false,
    error: {
      code: 'license_required',
      message: `${cause} Cloud runs require the trial or a paid license.`,
      suggestion:
        'Activate a license key: cerevisor license activate KEY. Running sessions are not affected.',
    },
  };
}

/** Features of local runs that require the trial or a paid license. */
const licensedFeatures = {
  'provider-overrides': 'Separate providers for agents',
  'mcp-servers': 'MCP servers',
  'loop-and-enhance': 'Loop & Enhance rounds',
} as const;

/** Whether a new local run may use a feature. Local runs without these features need no license. */
export function canUse(license: License, feature: keyof typeof licensedFeatures): LicenseGate {
  if (license.tier !== 'free') return { allowed: true };
  const cause = license.problem?.message ?? 'The trial is over.';
  return {
    allowed: false,
    error: {
      code: 'license_required',
      message: `${cause} ${licensedFeatures[feature]} require the trial or a paid license.`,
      suggestion:
        'Activate a license key: cerevisor license activate KEY. You can also run the workflow without them.',
    },
  };
}

/** Describes the license in a sentence. */
export function describeLicense(license: License): string {
  const { daysLeft } = license;
  const left = daysLeft === undefined ? '' : `, ${plural(daysLeft, 'day')} left`;
  switch (license.reason) {
    case 'key_active':
      return `Licensed to ${license.holder ?? 'you'}${left}.`;
    case 'trial_running':
      return `${license.problem ? `${license.problem.message} ` : ''}Trial${left}.`;
    case 'trial_over':
      return license.problem?.message ?? `The trial of ${TRIAL_DAYS} days is over.`;
    default:
      return license.reason satisfies never;
  }
}
