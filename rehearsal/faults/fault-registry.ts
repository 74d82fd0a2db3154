import { randomUUID } from 'node:crypto';
import type { Store } from '../store/store.ts';
import type { EffectKind, EffectOf, Fault, FaultEffect, FaultMatch, FaultPoint } from './fault.ts';
import { matchesPoint, shouldFire } from './matching.ts';

const settingKey = 'faults';

/** The active faults. They and their counters survive a restart. */
export class FaultRegistry {
  readonly #store: Store;
  readonly #now: () => number;
  #faults: readonly Fault[];

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
    // Written only by `#save`.
    this.#faults = JSON.parse(store.settings.get(settingKey) ?? '[]') as Fault[];
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  add(match: FaultMatch, effect: FaultEffect): Fault {
    const fault = { id: `fault-${randomUUID().slice(0, 8)}`, match, effect, seen: 0, fired: 0 };
    this.#save([...this.#faults, fault]);
    return fault;
  }

  /** Removes one fault, or all of them. Returns the number of removed faults. */
  clear(id?: string): number {
    const before = this.#faults.length;
    this.#save(id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id));
    return before - this.#faults.length;
  }

  /**
   * Returns the effects of the given kinds that fire on this call, and counts the call for every fault that matches it.
   */
  fire<Kind extends EffectKind>(kinds: readonly Kind[], faultPoint: FaultPoint): EffectOf<Kind>[] {
    if (this.#faults.length === 0) return [];
    const effects: EffectOf<Kind>[] = [];
    const isRequestedKind = (effect: FaultEffect): effect is EffectOf<Kind> =>
      (kinds as readonly EffectKind[]).includes(effect.kind);
    const counted = this.#faults.map((fault) => {
      const { match, effect, seen, fired } = fault;
      if (!isRequestedKind(effect) || !matchesPoint(match, faultPoint)) return fault;
      const isFiring = shouldFire(fault);
      if (isFiring) effects.push(effect);
      return { ...fault, seen: seen + 1, fired: fired + (isFiring ? 1 : 0) };
    });
    if (counted.some((fault, index) => fault !== this.#faults[index])) this.#save(counted);
    for (const effect of effects) this.#note(effect, faultPoint);
    return effects;
  }

  /** Like `fire`, for one kind: returns the first effect that fires. */
  fireOne<Kind extends EffectKind>(kind: Kind, faultPoint: FaultPoint): EffectOf<Kind> | undefined {
    return this.fire([kind], faultPoint)[0];
  }

  #save(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#store.settings.set(settingKey, JSON.stringify(faults));
  }

  #note(effect: FaultEffect, { operation, agentId }: FaultPoint): void {
    this.#store.ledger.record(this.#now(), {
      kind: 'fault-fired',
      ...(agentId === undefined ? {} : { agentId }),
      detail: { effect: effect.kind, operation },
    });
  }
}
