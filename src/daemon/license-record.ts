import { join } from 'node:path';
import type { Journal } from '../journal/types.ts';
import {
  combinedStore,
  type LicenseRecord,
  type LicenseStore,
  licenseFile,
  licenseRecordSchema,
} from '../license/store.ts';

const KEY = 'license-record';

/** Stores the license record in the home folder, with a copy in the journal. */
export function licenseRecord(home: string, journal: Journal): LicenseStore {
  return combinedStore([licenseFile(join(home, 'license.json')), inFacts(journal.facts)]);
}

function inFacts(facts: Journal['facts']): LicenseStore {
  return {
    read: async () => {
      const stored = licenseRecordSchema.safeParse(facts.get(KEY));
      return stored.success ? stored.data : undefined;
    },
    write: async (record: LicenseRecord) => facts.set(KEY, record),
  };
}

/** The start times of the first and the last session in the journal. */
export function knownSessions(journal: Journal): { earliestAt?: number; latestAt?: number } {
  const all = { includeDismissed: true, limit: 1 } as const;
  const newest = journal.sessions(all);
  const oldest = journal.sessions({ ...all, offset: Math.max(0, newest.total - 1) });
  const [latestAt, earliestAt] = [newest.rows[0]?.startedAt, oldest.rows[0]?.startedAt];
  if (latestAt === undefined || earliestAt === undefined) return {};
  return { earliestAt, latestAt };
}
