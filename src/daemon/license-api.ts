import type { LicenseView } from '../contract/daemon-views.ts';
import { canStartCloudRun, canUse, describeLicense } from '../license/evaluate.ts';
import type { LicenseService } from '../license/license-service.ts';
import type { LicenseApi } from '../server/services.ts';
import { instantOrNull } from '../server/views/instant.ts';

/** The license as the API shows it. */
export function licenseApi(licenses: LicenseService): LicenseApi {
  const view = (): LicenseView => {
    const license = licenses.current();
    return {
      tier: license.tier,
      daysLeft: license.daysLeft ?? null,
      canStartCloudRuns: canStartCloudRun(license).allowed,
      canOverrideProviders: canUse(license, 'provider-overrides').allowed,
      canUseMcpServers: canUse(license, 'mcp-servers').allowed,
      canUseLoopAndEnhance: canUse(license, 'loop-and-enhance').allowed,
      reason: describeLicense(license),
      key: licenses.maskedKey() ?? null,
      holder: license.holder ?? null,
      expiresAt: instantOrNull(license.endsAt ?? null),
    };
  };
  return {
    view,
    async activate(key) {
      const activated = await licenses.activate(key);
      return activated.ok
        ? { ok: true, value: view() }
        : { ok: false, error: { ...activated.problem } };
    },
    async deactivate() {
      await licenses.deactivate();
      return { ok: true, value: view() };
    },
  };
}
