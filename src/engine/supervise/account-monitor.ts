import type { Account } from '../../runtimes/port.ts';
import type { ProviderError } from '../../runtimes/provider-error.ts';
import type { EngineContext } from '../context.ts';
import { SESSION_RUNTIME } from '../session-runtime.ts';

const FRESH_MS = 60_000;

export type BackendState = {
  readonly state: 'unknown' | 'reachable' | 'unreachable' | 'refused';
  readonly detail: string | null;
  readonly checkedAt: number | null;
};

/** Tracks whether Cursor is reachable and which account the key belongs to, with at most one request per minute. */
export class AccountMonitor {
  readonly #context: EngineContext;
  #account: Account | null = null;
  #refusal: ProviderError | null = null;
  #state: BackendState = { state: 'unknown', detail: null, checkedAt: null };
  #pending: Promise<void> | null = null;
  #isUnverified = false;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  get state(): BackendState {
    return this.#state;
  }

  /** Hash of the account that the key belongs to; null if unknown. */
  get identity(): string | null {
    return this.#account?.identity ?? null;
  }

  /** The key was changed and its account is not known yet. Until then, nothing may be requested with it. */
  get isUnverified(): boolean {
    return this.#isUnverified;
  }

  /** Changes the key by calling `change`. `isUnverified` is true until the new account is known. */
  async changeKey<Result>(change: () => Promise<Result>): Promise<Result> {
    this.#isUnverified = true;
    try {
      await this.#pending;
      return await change();
    } finally {
      this.#account = null;
      await this.refresh();
      this.#isUnverified = false;
    }
  }

  /** Why Cursor rejects the key, or null. A known rejection is verified again first. */
  async refusal(): Promise<ProviderError | null> {
    const { state } = this.#state;
    if (state === 'refused' || state === 'unknown') await this.refresh();
    else if (this.#isStale()) void this.refresh();
    return this.#refusal;
  }

  /** Requests the account now. Concurrent callers share one request. */
  refresh(): Promise<void> {
    this.#pending ??= this.#request().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  #isStale(): boolean {
    const { checkedAt } = this.#state;
    return checkedAt === null || this.#context.clock.now() - checkedAt > FRESH_MS;
  }

  async #request(): Promise<void> {
    const answer = await this.#context.runtime(SESSION_RUNTIME).account();
    const checkedAt = this.#context.clock.now();
    if (answer.ok) {
      this.#account = answer.value;
      this.#refusal = null;
      this.#state = { state: 'reachable', detail: null, checkedAt };
      return;
    }
    const { error } = answer;
    const isRefused = error.code === 'unauthorized' || error.code === 'forbidden';
    this.#refusal = isRefused ? error : null;
    this.#state = {
      state: isRefused ? 'refused' : 'unreachable',
      detail: error.message,
      checkedAt,
    };
  }
}
