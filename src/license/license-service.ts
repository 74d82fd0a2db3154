import { evaluateLicense, type License, nameOfKey } from './evaluate.ts';
import { lookAtClock, witnessedMs } from './passed-time.ts';
import type { LicenseRecord, LicenseStore } from './store.ts';
import { type CheckedKey, checkKey, type LicenseProblem, withoutSpace } from './token.ts';

export type LicenseServiceOptions = {
  readonly store: LicenseStore;
  readonly publicKey: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When the journal's first and last session started: it remembers them when every copy of the record is lost. */
  readonly knownSessions?: { readonly earliestAt?: number; readonly latestAt?: number };
};

/**
 * Answers questions about the license and keeps its record. Offline: nobody is asked.
 *
 * @example
 * const service = await LicenseService.open({ store: licenseFile(path), publicKey, now: Date.now });
 * const gate = canStartCloudRun(service.current());
 */
export class LicenseService {
  readonly #options: LicenseServiceOptions;
  #record: LicenseRecord;
  #key: CheckedKey | undefined;

  private constructor(
    options: LicenseServiceOptions,
    record: LicenseRecord,
    key: CheckedKey | undefined,
  ) {
    this.#options = options;
    this.#record = record;
    this.#key = key;
  }

  /** Reads the record; the first opening ever begins the trial. */
  static async open(options: LicenseServiceOptions): Promise<LicenseService> {
    const record = remembered(await options.store.read(), options);
    const { token } = record;
    const key = token === undefined ? undefined : await checkKey(token, options.publicKey);
    await options.store.write(record);
    return new LicenseService(options, record, key);
  }

  /** The license at the moment. */
  current(): License {
    this.#see();
    return evaluateLicense({ ...this.#record, key: this.#key, now: this.#options.now() });
  }

  /** Enough of the stored key to recognize it; nothing without one. */
  maskedKey(): string | undefined {
    return this.#record.token === undefined ? undefined : masked(this.#record.token);
  }

  /**
   * Writes down how far time has come. To be called now and then (every ten minutes will do): what is written
   * here is what turning the clock back cannot bring back.
   */
  async remember(): Promise<void> {
    this.#see();
    await this.#options.store.write(this.#record);
  }

  /** Stores a key that is valid now; any other changes nothing. */
  async activate(
    text: string,
  ): Promise<{ ok: true; license: License } | { ok: false; problem: LicenseProblem }> {
    const token = withoutSpace(text);
    const key = await checkKey(token, this.#options.publicKey);
    this.#see();
    const record = withKeyOf(this.#record, key);
    const license = evaluateLicense({ ...record, key, now: this.#options.now() });
    if (license.problem !== undefined) return { ok: false, problem: license.problem };
    await this.#change({ ...record, token }, key);
    return { ok: true, license };
  }

  /** Forgets the key. */
  async deactivate(): Promise<License> {
    const { token: _, ...rest } = this.#record;
    await this.#change(rest, undefined);
    return this.current();
  }

  async #change(record: LicenseRecord, key: CheckedKey | undefined): Promise<void> {
    await this.#options.store.write(record);
    this.#record = record;
    this.#key = key;
  }

  #see(): void {
    this.#record = lookAtClock(this.#record, this.#options.now());
  }
}

/** The stored record, or what the journal's sessions remember where every copy is lost, after a look at the clock. */
function remembered(
  stored: LicenseRecord | undefined,
  { now, knownSessions = {} }: LicenseServiceOptions,
): LicenseRecord {
  const present = now();
  const { earliestAt = present, latestAt = present } = knownSessions;
  const firstStartAt = Math.min(earliestAt, present);
  const lastSeenAt = Math.max(latestAt, firstStartAt);
  return lookAtClock(stored ?? { version: 1, firstStartAt, lastSeenAt }, present);
}

/** Notes when a key came here first. Removing it and activating it again changes nothing about that. */
function withKeyOf(record: LicenseRecord, key: CheckedKey): LicenseRecord {
  if (!key.ok) return record;
  return {
    ...record,
    keysSince: { [nameOfKey(key.claims)]: witnessedMs(record), ...record.keysSince },
  };
}

function masked(token: string): string {
  return token.length <= 16 ? '••••' : `${token.slice(0, 4)}••••${token.slice(-4)}`;
}
