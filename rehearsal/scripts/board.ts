import { randomUUID } from 'node:crypto';
import { Refusal } from '../api/refusal.ts';
import { firesNext } from '../faults/matching.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { isFor, type Prompt, type RegisteredScript, type ScriptBody } from './registered-script.ts';

const settingKey = 'scripts';
const mostScripts = 1_000;

/** The scripts that are registered for prompts to come. They and their counters outlive the process. */
export class ScriptBoard {
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
    if (known.length >= mostScripts) {
      throw new Refusal(
        'validation_error',
        `There are already ${mostScripts} scripts; remove some first`,
      );
    }
    const script = { ...body, id: `script-${randomUUID().slice(0, 8)}`, seen: 0, fired: 0 };
    this.#save([...known, script]);
    return script;
  }

  /** One script, or all of them. Returns how many were removed. */
  clear(id?: string): number {
    const known = this.list();
    const kept = id === undefined ? [] : known.filter((script) => script.id !== id);
    this.#save(kept);
    return known.length - kept.length;
  }

  /**
   * The oldest script that fires for this prompt; every script that is for it counts it. Call it in the transaction
   * that stores the run: a prompt that is not accepted is not counted.
   */
  take(prompt: Prompt): RunRecord['scripted'] {
    const known = this.list();
    let taken: RegisteredScript | undefined;
    let isCounted = false;
    const counted = known.map((script) => {
      if (!isFor(script.match, prompt)) return script;
      isCounted = true;
      const isTaken = taken === undefined && firesNext(script);
      if (isTaken) taken = script;
      return { ...script, seen: script.seen + 1, fired: script.fired + (isTaken ? 1 : 0) };
    });
    if (isCounted) this.#save(counted);
    if (taken === undefined) return undefined;
    // Set in a callback, which the compiler does not follow.
    const { id, script, answer } = taken as RegisteredScript;
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
