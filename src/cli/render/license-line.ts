import type { LicenseView } from '../../contract/daemon-views.ts';
import { type Line, quiet, toned } from '../terminal/lines.ts';

/** The license in one line: tier, whether cloud runs are allowed, and the reason. */
export function licenseLine(license: LicenseView): Line {
  const cloud = license.canStartCloudRuns
    ? toned('good', 'cloud runs allowed')
    : toned('attention', 'no cloud runs');
  return [toned('plain', `${license.tier}, `), cloud, quiet(`  ${license.reason}`)];
}
