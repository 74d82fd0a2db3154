import type { LicenseView } from '../contract/views.ts';
import { canStartCloudRun, describeLicense } from '../license/evaluate.ts';
import type { LicenseDesk } from '../license/license-service.ts';
import type { LicenseService } from '../server/services.ts';
import { instantOrNull } from '../server/views/instant.ts';

/** The licence desk as the API shows it. */
export function licenseService(desk: LicenseDesk): LicenseService {
  const view = (): LicenseView => {
    const license = desk.current();
    return {
      tier: license.tier,
      daysLeft: license.daysLeft ?? null,
      canStartCloudRuns: canStartCloudRun(license).allowed,
      reason: describeLicense(license),
      key: desk.maskedKey() ?? null,
      holder: license.holder ?? null,
      expiresAt: instantOrNull(license.endsAt ?? null),
    };
  };
  return {
    view,
    async activate(key) {
      const activated = await desk.activate(key);
      return activated.ok
        ? { ok: true, value: view() }
        : { ok: false, error: { ...activated.problem } };
    },
    async deactivate() {
      await desk.deactivate();
      return { ok: true, value: view() };
    },
  };
}
