import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { replaceFile } from '../lib/durable-file.ts';
import { systemErrorCode } from '../lib/system-error.ts';

/** The stored form of the license; see `ElapsedTime` for the fields about the clock. */
export const licenseRecordSchema = z.object({
  version: z.literal(1),
  /** Milliseconds since the epoch. */
  firstStartAt: z.number(),
  lastSeenAt: z.number(),
  clockAt: z.number().exactOptional(),
  repeatedMs: z.number().exactOptional(),
  doubt: z.object({ clockAt: z.number(), witnessedMs: z.number() }).exactOptional(),
  witnessedMs: z.number().exactOptional(),
  /** How much time had been observed when each key was first activated. */
  keysSince: z.record(z.string(), z.number()).exactOptional(),
  token: z.string().exactOptional(),
});

/** What an installation has stored about its license. */
export type LicenseRecord = z.infer<typeof licenseRecordSchema>;

/** Reads and writes the record. */
export type LicenseStore = {
  /** Undefined if there is no record or it is damaged. */
  read(): Promise<LicenseRecord | undefined>;
  write(record: LicenseRecord): Promise<void>;
};

/** Stores the record in a file that only its owner can read. */
export function licenseFile(path: string): LicenseStore {
  return {
    async read() {
      try {
        const parsed = licenseRecordSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
        return parsed.success ? parsed.data : undefined;
      } catch (error) {
        // A damaged record counts as missing: the other copies and the journal know the first start.
        if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: (record) => replaceFile(path, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 }),
  };
}

/** Combines several copies: the earliest start and the latest time win, so losing one copy changes nothing. */
export function combinedStore(stores: readonly LicenseStore[]): LicenseStore {
  return {
    async read() {
      const records = await Promise.all(stores.map((store) => store.read()));
      const known = records.filter((record) => record !== undefined);
      if (known.length === 0) return undefined;
      // The copy that was written last knows whether there is still a key.
      const newest = known.reduce((one, other) =>
        other.lastSeenAt > one.lastSeenAt ? other : one,
      );
      const repeatedMs = Math.max(...known.map((record) => record.repeatedMs ?? 0));
      return {
        ...newest,
        firstStartAt: Math.min(...known.map((record) => record.firstStartAt)),
        ...(repeatedMs === 0 ? {} : { repeatedMs }),
      };
    },
    async write(record) {
      for (const store of stores) await store.write(record);
    },
  };
}
