import type { ProviderError } from '../../src/runtimes/provider-error.ts';
import type { Random } from './random.ts';

/** What becomes of one request on its way to Cursor and back. */
export type Delivery =
  /** Carried out and answered. `isRepeated`: the network delivers it a second time. */
  | { readonly kind: 'answered'; readonly isRepeated: boolean }
  /** Refused, or lost on the way there: nothing was done. */
  | { readonly kind: 'refused'; readonly error: ProviderError }
  /** Carried out after this long; the answer says that nothing is known. */
  | { readonly kind: 'lost'; readonly afterMs: number }
  /** Never answered, whether carried out or not. */
  | { readonly kind: 'hanging'; readonly isCarriedOut: boolean };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const UNREACHABLE: ProviderError = {
  code: 'unreachable',
  message: 'No answer from Cursor.',
};

const errors = {
  outage: UNREACHABLE,
  refusedKey: { code: 'unauthorized', message: 'Cursor rejected the API key.' },
  usageLimit: { code: 'usage_limit', message: 'The usage limit is reached.', retryAfterMs: 60_000 },
} as const satisfies Record<string, ProviderError>;
type Spell = { readonly kind: keyof typeof errors; readonly from: number; readonly until: number };

/** A seed brings some kinds of trouble and not others, so that each is also seen without the rest. */
export class FaultProfile {
  readonly #random: Random;
  readonly #now: () => number;
  readonly #spells: readonly Spell[];
  readonly #chances: Readonly<
    Record<'lost' | 'limited' | 'repeated' | 'hanging' | 'cut' | 'gap', number>
  >;
  isCalm: boolean;

  constructor(random: Random, now: () => number, isCalm: boolean) {
    this.#random = random;
    this.#now = now;
    this.isCalm = isCalm;
    const sometimes = (most: number): number => (random.chance(0.5) ? most * random.next() : 0);
    this.#chances = {
      lost: sometimes(0.4),
      limited: sometimes(0.3),
      repeated: sometimes(0.3),
      hanging: sometimes(0.02),
      cut: sometimes(1),
      gap: sometimes(0.2),
    };
    this.#spells = (['outage', 'refusedKey', 'usageLimit'] as const).flatMap((kind) => {
      if (random.chance(0.6)) return [];
      const from = random.below(HOUR);
      const most = kind === 'outage' ? 4 * HOUR : HOUR;
      return [{ kind, from, until: from + random.below(most) }];
    });
  }

  /** A hanging call says nothing until the daemon dies; whoever lets calls hang has to see to that. */
  delivery(isLaunch: boolean, latestMs: number): Delivery {
    const random = this.#random;
    if (this.isCalm) return { kind: 'answered', isRepeated: false };
    const spell = this.#spell(isLaunch);
    if (spell !== undefined) return { kind: 'refused', error: errors[spell.kind] };
    if (random.chance(this.#chances.hanging))
      return { kind: 'hanging', isCarriedOut: random.chance(0.5) };
    if (random.chance(this.#chances.limited)) {
      const retryAfterMs = random.between(1_000, 90_000);
      return {
        kind: 'refused',
        error: { code: 'rate_limited', message: 'Slow down.', retryAfterMs },
      };
    }
    if (random.chance(this.#chances.lost)) return this.#loss(latestMs);
    return { kind: 'answered', isRepeated: random.chance(this.#chances.repeated) };
  }

  #loss(latest: number): Delivery {
    const random = this.#random;
    if (random.chance(0.4)) return { kind: 'refused', error: UNREACHABLE };
    return { kind: 'lost', afterMs: random.pick([10, 3_000, 40_000, latest]) };
  }

  #spell(isLaunch: boolean): Spell | undefined {
    return this.#spells.find(
      ({ kind, from, until }) =>
        from <= this.#now() && this.#now() < until && (kind !== 'usageLimit' || isLaunch),
    );
  }

  /** After how long a connection breaks, if it does. */
  cutAfterMs(): number {
    const isCut = !this.isCalm && this.#random.chance(this.#chances.cut);
    return isCut ? this.#random.below(MINUTE) : Number.POSITIVE_INFINITY;
  }

  /** Whether Cursor refuses to continue from a stored position, and why. */
  gap(): 'stream_expired' | 'invalid_last_event_id' | null {
    if (this.isCalm || !this.#random.chance(this.#chances.gap)) return null;
    return this.#random.pick(['stream_expired', 'invalid_last_event_id']);
  }

  /** Milliseconds that a message takes in one direction. */
  latencyMs(): number {
    return this.#random.between(5, this.isCalm ? 50 : 3_000);
  }

  batchSize(): number {
    return this.#random.between(1, 5);
  }
}
