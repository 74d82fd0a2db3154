import type { LicenseView } from '../../server/contract/views.ts';
import { type Line, quiet, toned } from '../terminal/lines.ts';
import { plural } from '../terminal/text.ts';

/** The licence in one line: tier, time left, and what it means for cloud runs. */
export function licenseLine(license: LicenseView): Line {
  const left = license.daysLeft === null ? '' : `, ${plural(license.daysLeft, 'day')} left`;
  const cloud = license.canStartCloudRuns
    ? toned('good', 'cloud runs allowed')
    : toned('attention', 'no cloud runs');
  return [toned('plain', `${license.tier}${left}, `), cloud, quiet(`  ${license.reason}`)];
}
