import { checkToken, type LicenseProblem } from './token.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
export const TRIAL_DAYS = 7;

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

export type LicenseFacts = {
  /** All times in milliseconds since the epoch. */
  readonly now: number;
  readonly firstStartAt: number;
  /** The latest time this installation has ever seen. Time never runs backwards from there. */
  readonly lastSeenAt: number;
  readonly token?: string | undefined;
  readonly publicKey: string;
};

/** Judges the facts alone: the same facts always give the same licence. */
export async function evaluateLicense(facts: LicenseFacts): Promise<License> {
  const now = Math.max(facts.now, facts.lastSeenAt, facts.firstStartAt);
  if (facts.token === undefined) return withoutKey(facts.firstStartAt, now);
  const checked = await checkToken(facts.token, facts.publicKey, now);
  if (!checked.ok) return { ...withoutKey(facts.firstStartAt, now), problem: checked.problem };
  const { sub, name, tier, seats, exp } = checked.claims;
  return {
    tier,
    reason: 'key_active',
    holder: name ?? sub,
    ...(seats === undefined ? {} : { seats }),
    ...(exp === undefined ? {} : { endsAt: exp * 1000, daysLeft: daysUntil(exp * 1000, now) }),
  };
}

function withoutKey(firstStartAt: number, now: number): License {
  const endsAt = firstStartAt + TRIAL_DAYS * DAY_MS;
  if (now >= endsAt) return { tier: 'free', reason: 'trial_over', endsAt };
  return { tier: 'trial', reason: 'trial_running', endsAt, daysLeft: daysUntil(endsAt, now) };
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
      message: `${cause} Cloud runs need a trial or a paid licence.`,
      suggestion:
        'Activate a licence key: cerevisor license activate KEY. Runs that are under way are not affected.',
    },
  };
}
