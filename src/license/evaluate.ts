import { plural } from '../lib/format.ts';
import { type PassedTime, TRIAL_MS, usedMs, witnessedMs } from './passed-time.ts';
import type { CheckedKey, LicenseClaims, LicenseProblem } from './token.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const TRIAL_DAYS = TRIAL_MS / DAY_MS;

export type LicenseTier = 'trial' | 'free' | 'paid';

/** What this installation may do, and why. */
export type License = {
  readonly tier: LicenseTier;
  readonly reason: 'trial_running' | 'trial_over' | 'key_active';
  /** Whole days that are left, the current one included; absent without an end. */
  readonly daysLeft?: number;
  /** Milliseconds since the epoch. */
  readonly endsAt?: number;
  readonly holder?: string;
  readonly seats?: number;
  /** Why the stored key does not count; the tier is then what it would be without one. */
  readonly problem?: LicenseProblem;
};

export type LicenseFacts = PassedTime & {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The stored key as `checkKey` found it. */
  readonly key?: CheckedKey | undefined;
  /** How much time had been seen passing when each key was first activated, by `nameOfKey`. */
  readonly keysSince?: Readonly<Record<string, number>> | undefined;
};

/** Tells keys apart; the same for every spelling of one. */
export const nameOfKey = ({ sub, iat, exp }: LicenseClaims): string => `${sub} ${iat} ${exp}`;

/** Works from the facts alone: the same facts always give the same license. */
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
  if (exp !== undefined && (facts.now >= exp * 1000 || isUsedUp(claims, exp, facts)))
    return {
      code: 'license_expired',
      message: `This license expired on ${dateOf(exp)}.`,
      suggestion:
        'Renew the subscription and activate the new key. If the date is wrong, check the clock of this machine.',
    };
  // A day of grace for the time of issue: clocks differ, and a fresh key must not wait for a slow one.
  const begins = Math.max(nbf ?? 0, iat - DAY_MS / 1000);
  if (latestOf(facts) >= begins * 1000) return undefined;
  return {
    code: 'license_not_yet_valid',
    message: `This license is valid from ${dateOf(nbf ?? iat)}.`,
    suggestion: 'Check the clock of this machine, or activate the key on that date.',
  };
}

const latestOf = ({ now, lastSeenAt, firstStartAt }: LicenseFacts): number =>
  Math.max(now, lastSeenAt, firstStartAt);

/**
 * Behind a date that has come, the clock alone decides no longer: it was ahead then, or it was set back since. Such a
 * key is good for as much time seen passing as it was issued for, so neither takes it away nor makes it last forever.
 */
function isUsedUp(claims: LicenseClaims, exp: number, facts: LicenseFacts): boolean {
  if (latestOf(facts) < exp * 1000) return false;
  const issuedForMs = (exp - Math.max(claims.iat, claims.nbf ?? 0)) * 1000;
  return witnessedMs(facts) - (facts.keysSince?.[nameOfKey(claims)] ?? 0) >= issuedForMs;
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function withoutKey(facts: LicenseFacts): License {
  const leftMs = TRIAL_MS - usedMs(facts, facts.now);
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
 * Whether new cloud runs may start. Only starting is gated: what already runs is followed, reconnected, cancelled
 * and fetched in every tier.
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

/** What local runs may use in a trial or with a paid license alone. */
const licensedFeatures = {
  'provider-overrides': 'Separate providers for agents',
  'mcp-servers': 'MCP servers',
  'loop-and-enhance': 'Loop & Enhance rounds',
} as const;

/** Whether a new run may use this. A run without it is free, whatever provider runs its agents. */
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

/** The license in a sentence, for people. */
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
