import { randomUUID } from 'node:crypto';
import { ApiError } from '../api/api-error.ts';
import { shouldFire } from '../faults/matching.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import {
  matchesPrompt,
  type Prompt,
  type RegisteredScript,
  type ScriptBody,
} from './registered-script.ts';

const settingKey = 'scripts';
const maxScripts = 1_000;

/** The registered scripts. They and their counters survive a restart. */
export class ScriptRegistry {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  list(): readonly RegisteredScript[] {
    // Written only by `#save`.
    return JSON.parse(this.#store.settings.get(settingKey) ?? '[]') as RegisteredScript[];
  }

  add(body: ScriptBody): RegisteredScript {
    const known = this.list();
    if (known.length >= maxScripts) {
      throw new ApiError(
        'validation_error',
        `There are already ${maxScripts} scripts; remove some first`,
      );
    }
    const script = { ...body, id: `script-${randomUUID().slice(0, 8)}`, seen: 0, fired: 0 };
    this.#save([...known, script]);
    return script;
  }

  /** Removes one script, or all of them. Returns the number of removed scripts. */
  clear(id?: string): number {
    const known = this.list();
    const remaining = id === undefined ? [] : known.filter((script) => script.id !== id);
    this.#save(remaining);
    return known.length - remaining.length;
  }

  /**
   * Returns the oldest script that fires for this prompt, and counts the prompt for every script that matches it. Call
   * it in the transaction that stores the run, so that a rejected prompt is not counted.
   */
  fire(prompt: Prompt): RunRecord['scripted'] {
    const known = this.list();
    let fired: RegisteredScript | undefined;
    let isCounted = false;
    const counted = known.map((script) => {
      if (!matchesPrompt(script.match, prompt)) return script;
      isCounted = true;
      const isFiring = fired === undefined && shouldFire(script);
      if (isFiring) fired = script;
      return { ...script, seen: script.seen + 1, fired: script.fired + (isFiring ? 1 : 0) };
    });
    if (isCounted) this.#save(counted);
    if (fired === undefined) return undefined;
    // Assigned in a callback, which the compiler does not track.
    const { id, script, answer } = fired as RegisteredScript;
    return {
      id,
      ...(script === undefined ? {} : { script }),
      ...(answer === undefined ? {} : { answer }),
    };
  }

  #save(scripts: readonly RegisteredScript[]): void {
    this.#store.settings.set(settingKey, JSON.stringify(scripts));
  }
}
