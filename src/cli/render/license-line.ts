import type { LicenseView } from '../../server/contract/views.ts';
import { type Line, quiet, toned } from '../terminal/lines.ts';
import { plural } from '../terminal/text.ts';

/** The licence in one line: tier, time left, and what it means for cloud runs. */
export function licenseLine(license: LicenseView): Line {
  const left = license.daysLeft === null ? '' : `, ${plural(license.daysLeft, 'day')} left`;
  const cloud = license.canStartCloudRuns
    ? toned('good', 'cloud runs allowed')
    : toned('attention', 'no cloud runs');
  const why = reasons[license.reason] ?? license.reason;
  return [toned('plain', `${license.tier}${left}, `), cloud, quiet(why === '' ? '' : `  (${why})`)];
}

/** Reasons that the tier alone does not tell; one that is not listed is shown as it is. */
const reasons: Readonly<Record<string, string>> = {
  trial_running: '',
  key_active: '',
  trial_over: 'the trial is over; activate a key with cerevisor license activate KEY',
};
