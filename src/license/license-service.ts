import { recordClock, witnessedMs } from './elapsed-time.ts';
import { evaluateLicense, keyIdentity, type License } from './evaluate.ts';
import type { LicenseRecord, LicenseStore } from './store.ts';
import { type CheckedKey, checkKey, type LicenseProblem, withoutSpace } from './token.ts';

export type LicenseServiceOptions = {
  readonly store: LicenseStore;
  readonly publicKey: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When the first and last session of the journal started; used if every copy of the record is lost. */
  readonly knownSessions?: { readonly earliestAt?: number; readonly latestAt?: number };
};

/**
 * Evaluates the license and maintains its record. Works offline.
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

  /** Reads the record. The first call ever starts the trial. */
  static async open(options: LicenseServiceOptions): Promise<LicenseService> {
    const record = initialRecord(await options.store.read(), options);
    const { token } = record;
    const key = token === undefined ? undefined : await checkKey(token, options.publicKey);
    await options.store.write(record);
    return new LicenseService(options, record, key);
  }

  /** The current license. */
  current(): License {
    this.#recordClock();
    return evaluateLicense({ ...this.#record, key: this.#key, now: this.#options.now() });
  }

  /** The ends of the stored key, enough to recognize it; undefined if there is none. */
  maskedKey(): string | undefined {
    return this.#record.token === undefined ? undefined : maskToken(this.#record.token);
  }

  /**
   * Stores how much time has passed. Call it regularly (every ten minutes is enough): time that was stored cannot be
   * regained by setting the clock back.
   */
  async recordTime(): Promise<void> {
    this.#recordClock();
    await this.#options.store.write(this.#record);
  }

  /** Stores a key if it is currently valid; otherwise changes nothing. */
  async activate(
    text: string,
  ): Promise<{ ok: true; license: License } | { ok: false; problem: LicenseProblem }> {
    const token = withoutSpace(text);
    const key = await checkKey(token, this.#options.publicKey);
    this.#recordClock();
    const record = withKeyOf(this.#record, key);
    const license = evaluateLicense({ ...record, key, now: this.#options.now() });
    if (license.problem !== undefined) return { ok: false, problem: license.problem };
    await this.#change({ ...record, token }, key);
    return { ok: true, license };
  }

  /** Removes the stored key. */
  async deactivate(): Promise<License> {
    const { token: _, ...withoutToken } = this.#record;
    await this.#change(withoutToken, undefined);
    return this.current();
  }

  async #change(record: LicenseRecord, key: CheckedKey | undefined): Promise<void> {
    await this.#options.store.write(record);
    this.#record = record;
    this.#key = key;
  }

  #recordClock(): void {
    this.#record = recordClock(this.#record, this.#options.now());
  }
}

/** The stored record, or one derived from the journal's sessions if every copy is lost, updated to the current time. */
function initialRecord(
  stored: LicenseRecord | undefined,
  { now, knownSessions = {} }: LicenseServiceOptions,
): LicenseRecord {
  const currentTime = now();
  const { earliestAt = currentTime, latestAt = currentTime } = knownSessions;
  const firstStartAt = Math.min(earliestAt, currentTime);
  const lastSeenAt = Math.max(latestAt, firstStartAt);
  return recordClock(stored ?? { version: 1, firstStartAt, lastSeenAt }, currentTime);
}

/** Records when a key was first activated. Removing and activating it again does not change that. */
function withKeyOf(record: LicenseRecord, key: CheckedKey): LicenseRecord {
  if (!key.ok) return record;
  return {
    ...record,
    keysSince: { [keyIdentity(key.claims)]: witnessedMs(record), ...record.keysSince },
  };
}

function maskToken(token: string): string {
  return token.length <= 16 ? '••••' : `${token.slice(0, 4)}••••${token.slice(-4)}`;
}
