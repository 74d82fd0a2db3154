import type { Failure } from '../lib/expected-failure.ts';
import {
  catalog,
  type FetchableName,
  fetchables,
  type HarnessName,
  type HarnessProgram,
} from './catalog.ts';
import { type Fetching, fetchHarness } from './fetch.ts';
import { claudeLibrary, type HarnessPlaces, installedHarness } from './installed.ts';
import { examineProgram, findOwnProgram, type OwnProgram } from './own-program.ts';

export type HarnessesOptions = {
  readonly places: HarnessPlaces;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch?: typeof fetchHarness;
};

/** What can be fetched: whether it is there, on its way, or why it did not come. */
export type FetchState =
  | { readonly kind: 'installed'; readonly version: string }
  | { readonly kind: 'fetching'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'missing'; readonly failure: Failure | null };

type Running = { doneBytes: number; readonly abort: AbortController; done: Promise<void> };

/** The harnesses of a home folder. One fetch at a time for each. */
export class Harnesses {
  readonly #options: HarnessesOptions;
  readonly #running = new Map<FetchableName, Running>();
  readonly #failures = new Map<FetchableName, Failure>();

  constructor(options: HarnessesOptions) {
    this.#options = options;
  }

  async state(name: FetchableName): Promise<FetchState> {
    const running = this.#running.get(name);
    if (running !== undefined) {
      const { sizeBytes: totalBytes } = fetchables[name];
      const doneBytes = Math.min(running.doneBytes, totalBytes);
      return { kind: 'fetching', doneBytes, totalBytes };
    }
    const version = await this.#versionThere(name);
    if (version !== null) return { kind: 'installed', version };
    return { kind: 'missing', failure: this.#failures.get(name) ?? null };
  }

  /** The fetched harness. */
  installed(name: HarnessName): Promise<HarnessProgram | null> {
    return installedHarness(this.#options.places, name);
  }

  claudeLibrary(): Promise<string | null> {
    return claudeLibrary(this.#options.places);
  }

  /** Your own program on the PATH. */
  own(name: HarnessName): Promise<OwnProgram | null> {
    return findOwnProgram(name, this.#options.environment);
  }

  /** A program that the person names. */
  examine(name: HarnessName, path: string): Promise<OwnProgram | null> {
    return examineProgram(name, path);
  }

  /** Begins to fetch it, unless it is there or on its way. How it went shows in its state. */
  async fetch(name: FetchableName): Promise<void> {
    if (this.#running.has(name) || (await this.#versionThere(name)) !== null) return;
    if (this.#running.has(name)) return;
    this.#failures.delete(name);
    const running: Running = {
      doneBytes: 0,
      abort: new AbortController(),
      done: Promise.resolve(),
    };
    this.#running.set(name, running);
    running.done = this.#toItsEnd(name, running).finally(() => this.#running.delete(name));
  }

  async cancel(name: FetchableName): Promise<void> {
    const running = this.#running.get(name);
    running?.abort.abort();
    await running?.done;
  }

  /** Resolves when nothing of this name is on its way. */
  async settled(name: FetchableName): Promise<void> {
    await this.#running.get(name)?.done;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.cancel(name)));
  }

  async #versionThere(name: FetchableName): Promise<string | null> {
    if (name === 'claude-sdk')
      return (await this.claudeLibrary()) === null ? null : fetchables[name].packageVersion;
    return (await this.installed(name)) === null ? null : catalog[name].version;
  }

  async #toItsEnd(name: FetchableName, running: Running): Promise<void> {
    const { places, environment, fetch = fetchHarness } = this.#options;
    const fetching: Fetching = {
      places,
      environment,
      signal: running.abort.signal,
      onProgress: (doneBytes) => {
        running.doneBytes = doneBytes;
      },
    };
    try {
      const fetched = await fetch(name, fetching);
      if (!fetched.ok) this.#failures.set(name, fetched.error);
    } catch (error) {
      // Shown where the fetch was asked for; nothing else depends on it.
      const message = `${fetchables[name].title} could not be fetched: ${String(error)}`;
      this.#failures.set(name, { code: 'harness_fetch_failed', message });
    }
  }
}
