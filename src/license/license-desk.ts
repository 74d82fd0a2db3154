import { evaluateLicense, type License } from './evaluate.ts';
import type { LicenseRecord, LicenseStore } from './store.ts';
import { checkToken, type LicenseProblem, withoutSpace } from './token.ts';

/** Often enough that turning the clock back gains nothing worth it, and no write for every look. */
const SEEN_EVERY_MS = 10 * 60 * 1000;

export type LicenseDeskOptions = {
  readonly store: LicenseStore;
  readonly publicKey: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When the journal's first and last session started: it remembers them when every copy of the record is lost. */
  readonly knownSessions: () => { readonly earliestAt?: number; readonly latestAt?: number };
};

export type LicenseDesk = {
  /** The licence as it stands now. The first call ever begins the trial. */
  current(): Promise<License>;
  /** Stores a key that is right; a wrong one changes nothing. */
  activate(
    key: string,
  ): Promise<{ ok: true; license: License } | { ok: false; problem: LicenseProblem }>;
  /** Forgets the key. */
  deactivate(): Promise<License>;
};

/** Answers questions about the licence and keeps its record. Offline: nobody is asked. */
export function openLicenseDesk(options: LicenseDeskOptions): LicenseDesk {
  const { store, publicKey, now } = options;

  async function look(): Promise<LicenseRecord> {
    const stored = await store.read();
    const record = remembered(stored, now(), options.knownSessions());
    const isNews =
      stored === undefined ||
      record.firstStartAt < stored.firstStartAt ||
      record.lastSeenAt >= stored.lastSeenAt + SEEN_EVERY_MS;
    if (isNews) await store.write(record);
    return record;
  }

  const judge = (record: LicenseRecord) => evaluateLicense({ ...record, publicKey, now: now() });

  return {
    current: async () => judge(await look()),
    async activate(key) {
      const record = await look();
      const token = withoutSpace(key);
      const checked = await checkToken(token, publicKey, Math.max(now(), record.lastSeenAt));
      if (!checked.ok) return checked;
      const activated = { ...record, token };
      await store.write(activated);
      return { ok: true, license: await judge(activated) };
    },
    async deactivate() {
      const { token: _, ...rest } = await look();
      await store.write(rest);
      return judge(rest);
    },
  };
}

/** The earliest start and the latest moment that anything knows of. */
function remembered(
  stored: LicenseRecord | undefined,
  now: number,
  { earliestAt = now, latestAt = now }: ReturnType<LicenseDeskOptions['knownSessions']>,
): LicenseRecord {
  const record = stored ?? { version: 1, firstStartAt: now, lastSeenAt: now };
  return {
    ...record,
    firstStartAt: Math.min(record.firstStartAt, earliestAt, now),
    lastSeenAt: Math.max(record.lastSeenAt, latestAt, now),
  };
}

/** Enough of a key to recognise it, and not enough to use it. */
export function maskedKey(token: string): string {
  return token.length <= 16 ? '••••' : `${token.slice(0, 4)}••••${token.slice(-4)}`;
}
