import { isLoopbackUrl } from '../artifacts/link-policy.ts';
import type { Outcome } from '../engine/api.ts';
import { isLoopback, proxiesOf } from '../lib/proxies.ts';
import {
  CURSOR_URL,
  type CursorCloudRuntime,
  createCursorCloudRuntime,
} from '../runtimes/cursor-cloud/runtime.ts';
import type { Log } from '../server/services.ts';
import type { Credentials } from '../settings/credentials.ts';
import { RehearsalCloud } from './rehearsal-cloud.ts';

/** The rehearsal cloud accepts any key. This one is recognizable if it appears somewhere. */
const REHEARSAL_KEY = 'crsr_rehearsal';

export type BackendOptions = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly credentials: Credentials;
  readonly log: Log;
};

type Choice = { readonly url: string; readonly isRehearsal: boolean };

/**
 * The cloud that sessions run on: CURSOR_BACKEND_URL if it is set, otherwise Cursor if there is a key, otherwise a
 * rehearsal cloud. It is chosen again when the key changes.
 */
export class Backend {
  readonly #options: BackendOptions;
  readonly #stopping = new AbortController();
  #rehearsal: RehearsalCloud | null = null;
  #key: string | null = null;
  #provider: CursorCloudRuntime;

  private constructor(options: BackendOptions, choice: Choice) {
    this.#options = options;
    this.#provider = this.#providerFor(choice);
  }

  static async open(options: BackendOptions): Promise<Outcome<Backend>> {
    const rehearsal = await openRehearsalIfNeeded(options);
    if (!rehearsal.ok) return rehearsal;
    const refusal = checkProxy(options, chooseBackend(options, rehearsal.value));
    if (refusal !== null) return refusal;
    const key = await options.credentials.key();
    const backend = new Backend(options, chooseBackend(options, rehearsal.value));
    backend.#key = key;
    backend.#adopt(rehearsal.value);
    return { ok: true, value: backend };
  }

  get provider(): CursorCloudRuntime {
    return this.#provider;
  }

  /** The key that requests contain. Only for comparison; it must not be returned or logged. */
  get keyInUse(): string | null {
    return this.#key ?? (this.isRehearsal ? REHEARSAL_KEY : null);
  }

  /** The address of the models for local agents; null for Cursor itself. */
  get localBackendUrl(): string | null {
    const { url } = this.#provider.backend;
    return url === CURSOR_URL ? null : url;
  }

  /** Whether a rehearsal cloud, or another local replacement, is used, so that no key is needed. */
  get isRehearsal(): boolean {
    return this.#provider.backend.kind === 'rehearsal';
  }

  /** Call it when the stored key has changed. The new key is used immediately, even if the backend changes with it. */
  async applyKeyChange(): Promise<Outcome<void>> {
    const rehearsal = await openRehearsalIfNeeded(this.#options);
    if (!rehearsal.ok) return rehearsal;
    const refusal = checkProxy(this.#options, chooseBackend(this.#options, rehearsal.value));
    if (refusal !== null) return refusal;
    this.#key = await this.#options.credentials.key();
    this.#adopt(rehearsal.value);
    const choice = chooseBackend(this.#options, rehearsal.value);
    if (choice.url === this.#provider.backend.url) return { ok: true, value: undefined };
    const previous = this.#provider;
    this.#provider = this.#providerFor(choice);
    this.#options.log.info({ url: choice.url }, 'the backend changed because the key changed');
    await previous.close();
    return { ok: true, value: undefined };
  }

  /** The cloud that would be used with a key, to validate a key before it is stored. */
  get addressWithKey(): Choice {
    const configured = configuredUrl(this.#options);
    return configured === null
      ? { url: CURSOR_URL, isRehearsal: false }
      : { url: configured, isRehearsal: isLoopbackUrl(configured) };
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#provider.close();
  }

  /** Why the rehearsal cloud is suspended, and how to resume it; null if it is not suspended. */
  async rehearsalSuspension(): Promise<{ message: string; suggestion: string } | null> {
    return (await this.#rehearsal?.suspension()) ?? null;
  }

  #adopt(rehearsal: RehearsalCloud | null): void {
    if (rehearsal === null || this.#rehearsal !== null) return;
    this.#rehearsal = rehearsal;
    rehearsal.keepRunning(this.#stopping.signal);
  }

  #providerFor({ url, isRehearsal }: Choice): CursorCloudRuntime {
    return createCursorCloudRuntime({
      backendUrl: url,
      isRehearsal,
      apiKey: () => this.#key ?? (isRehearsal ? REHEARSAL_KEY : null),
      log: (line) => this.#options.log.info({}, line),
    });
  }
}

/** An invalid proxy setting is an error, because connecting without the proxy may not be allowed. Null if it is valid. */
function checkProxy({ environment }: BackendOptions, { url }: Choice): Outcome<never> | null {
  const { problem } = proxiesOf(environment);
  if (problem === null || isLoopback(url)) return null;
  const suggestion = 'Correct or remove the variable; the format is http://proxy.example:3128.';
  return { ok: false, error: { code: 'invalid_proxy', message: problem, suggestion } };
}

const configuredUrl = ({ environment }: BackendOptions): string | null => {
  const url = environment.CURSOR_BACKEND_URL?.trim() ?? '';
  return url === '' ? null : url.replace(/\/+$/, '');
};

async function openRehearsalIfNeeded(
  options: BackendOptions,
): Promise<Outcome<RehearsalCloud | null>> {
  const isNeeded = configuredUrl(options) === null && (await options.credentials.key()) === null;
  return isNeeded ? RehearsalCloud.open(options.home, options.log) : { ok: true, value: null };
}

function chooseBackend(options: BackendOptions, rehearsal: RehearsalCloud | null): Choice {
  const configured = configuredUrl(options);
  // A server on this machine is a rehearsal cloud or another replacement, and bills nothing.
  if (configured !== null) return { url: configured, isRehearsal: isLoopbackUrl(configured) };
  if (rehearsal !== null) return { url: rehearsal.url, isRehearsal: true };
  return { url: CURSOR_URL, isRehearsal: false };
}
