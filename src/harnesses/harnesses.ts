import type { Failure } from '../lib/expected-failure.ts';
import {
  catalog,
  type FetchableName,
  fetchables,
  type HarnessName,
  type HarnessProgram,
} from './catalog.ts';
import { type FetchOptions, fetchHarness } from './fetch.ts';
import { claudeLibrary, type HarnessPaths, installedHarness } from './installed.ts';
import { examineProgram, findOwnProgram, type OwnProgram } from './own-program.ts';

export type HarnessesOptions = {
  readonly paths: HarnessPaths;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch?: typeof fetchHarness;
};

/** Whether a program is installed, is being fetched, or is missing, and why the last fetch failed. */
export type FetchState =
  | { readonly kind: 'installed'; readonly version: string }
  | { readonly kind: 'fetching'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly kind: 'missing'; readonly failure: Failure | null };

type ActiveFetch = { doneBytes: number; readonly abort: AbortController; done: Promise<void> };

/** The harnesses of a home folder. One fetch at a time for each. */
export class Harnesses {
  readonly #options: HarnessesOptions;
  readonly #active = new Map<FetchableName, ActiveFetch>();
  readonly #failures = new Map<FetchableName, Failure>();

  constructor(options: HarnessesOptions) {
    this.#options = options;
  }

  async state(name: FetchableName): Promise<FetchState> {
    const active = this.#active.get(name);
    if (active !== undefined) {
      const { sizeBytes: totalBytes } = fetchables[name];
      const doneBytes = Math.min(active.doneBytes, totalBytes);
      return { kind: 'fetching', doneBytes, totalBytes };
    }
    const version = await this.#installedVersion(name);
    if (version !== null) return { kind: 'installed', version };
    return { kind: 'missing', failure: this.#failures.get(name) ?? null };
  }

  /** The harness that was fetched into the home folder; null if there is none. */
  installed(name: HarnessName): Promise<HarnessProgram | null> {
    return installedHarness(this.#options.paths, name);
  }

  claudeLibrary(): Promise<string | null> {
    return claudeLibrary(this.#options.paths);
  }

  /** The user's own program on the PATH; null if there is none that starts. */
  own(name: HarnessName): Promise<OwnProgram | null> {
    return findOwnProgram(name, this.#options.environment);
  }

  /** A program at a path that the user chose; null if it does not start. */
  examine(name: HarnessName, path: string): Promise<OwnProgram | null> {
    return examineProgram(name, path);
  }

  /** Starts a fetch in the background, unless it is installed or being fetched. `state` reports how it went. */
  async fetch(name: FetchableName): Promise<void> {
    if (this.#active.has(name) || (await this.#installedVersion(name)) !== null) return;
    if (this.#active.has(name)) return;
    this.#failures.delete(name);
    const active: ActiveFetch = {
      doneBytes: 0,
      abort: new AbortController(),
      done: Promise.resolve(),
    };
    this.#active.set(name, active);
    active.done = this.#runFetch(name, active).finally(() => this.#active.delete(name));
  }

  async cancel(name: FetchableName): Promise<void> {
    const active = this.#active.get(name);
    active?.abort.abort();
    await active?.done;
  }

  /** Resolves when no fetch of this name is in progress. */
  async whenIdle(name: FetchableName): Promise<void> {
    await this.#active.get(name)?.done;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#active.keys()].map((name) => this.cancel(name)));
  }

  async #installedVersion(name: FetchableName): Promise<string | null> {
    if (name === 'claude-sdk')
      return (await this.claudeLibrary()) === null ? null : fetchables[name].packageVersion;
    return (await this.installed(name)) === null ? null : catalog[name].version;
  }

  async #runFetch(name: FetchableName, active: ActiveFetch): Promise<void> {
    const { paths, environment, fetch = fetchHarness } = this.#options;
    const options: FetchOptions = {
      paths,
      environment,
      signal: active.abort.signal,
      onProgress: (doneBytes) => {
        active.doneBytes = doneBytes;
      },
    };
    try {
      const fetched = await fetch(name, options);
      if (!fetched.ok) this.#failures.set(name, fetched.error);
    } catch (error) {
      // Reported by `state`; nothing waits for this promise but `cancel`.
      const message = `${fetchables[name].title} could not be fetched: ${String(error)}`;
      this.#failures.set(name, { code: 'harness_fetch_failed', message });
    }
  }
}
