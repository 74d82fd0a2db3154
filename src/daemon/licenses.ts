import type { Journal } from '../journal/types.ts';
import { LicenseService } from '../license/license-service.ts';
import { licensePublicKey } from '../license/public-key.ts';
import type { Log } from '../server/services.ts';
import type { DisposalStack } from './disposal-stack.ts';
import { knownSessions, licenseRecord } from './license-record.ts';

const RECORD_TIME_INTERVAL_MS = 10 * 60_000;

type LicenseSources = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly journal: Journal;
  readonly log: Log;
};

/** Opens the license of this home folder. It records the time regularly until `parts` is disposed of. */
export async function openLicenses(
  { home, environment, journal, log }: LicenseSources,
  parts: DisposalStack,
): Promise<LicenseService> {
  const licenses = await LicenseService.open({
    store: licenseRecord(home, journal),
    publicKey: licensePublicKey(environment),
    now: Date.now,
    knownSessions: knownSessions(journal),
  });
  const timer = setInterval(() => {
    licenses
      .recordTime()
      .catch((error: unknown) => log.warn({ error }, 'the license was not recorded'));
  }, RECORD_TIME_INTERVAL_MS).unref();
  parts.defer(() => clearInterval(timer));
  return licenses;
}
