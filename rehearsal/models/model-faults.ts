import type { EffectOf, modelStreamKinds } from '../faults/fault.ts';
import type { DataFrame } from './dialect.ts';

type ModelEffect = EffectOf<(typeof modelStreamKinds)[number]>;

/** What happens before a frame. */
export type Delivery = {
  readonly waitMs?: number;
  readonly garbage?: string;
  readonly interruption?: 'reset' | 'end' | 'silence';
  readonly error?: { readonly code: string; readonly message: string };
};

/** Applies stream faults to the stream of one model message, and keeps its counters. */
export class ModelStreamFaults {
  readonly #effects: readonly ModelEffect[];
  #frames = 0;
  #deltas = 0;

  constructor(effects: readonly ModelEffect[]) {
    this.#effects = effects;
  }

  /** Returns what happens before the next frame, or before the end of the stream. */
  nextDelivery(): Delivery {
    for (const effect of this.#effects) {
      const delivery = this.#deliveryFor(effect);
      if (delivery !== undefined) return delivery;
    }
    return {};
  }

  /** Counts a frame that was sent. */
  recordSent(frame: DataFrame): void {
    this.#frames += 1;
    if (frame.isDelta === true) this.#deltas += 1;
  }

  #deliveryFor(effect: ModelEffect): Delivery | undefined {
    switch (effect.kind) {
      case 'cut': {
        const { afterEvents, afterDeltas, how } = effect;
        const isAfter =
          (afterEvents !== undefined && this.#frames >= afterEvents) ||
          (afterDeltas !== undefined && this.#deltas >= afterDeltas);
        return isAfter ? { interruption: how } : undefined;
      }
      case 'silence':
        return this.#frames >= effect.afterEvents ? { interruption: 'silence' } : undefined;
      case 'garbage':
        return this.#frames === effect.afterEvents
          ? { garbage: 'event: \u0000\ndata: {"type": <<<\n\n' }
          : undefined;
      case 'pause':
        return this.#frames === effect.afterEvents ? { waitMs: effect.ms } : undefined;
      case 'stream-error': {
        const { code, message } = effect;
        return this.#frames >= effect.afterEvents ? { error: { code, message } } : undefined;
      }
      default:
        return effect satisfies never;
    }
  }
}
