import type { LicenseView } from '../../contract/daemon-views.ts';
import { type Line, toned } from '../terminal/lines.ts';

/** The license in one line: why it applies, and whether it includes cloud runs. */
export function licenseLine({ reason, canStartCloudRuns }: LicenseView): Line {
  const cloud = canStartCloudRuns
    ? toned('good', 'Cloud runs are included.')
    : toned('attention', 'Cloud runs are not included.');
  return [toned('plain', `${reason} `), cloud];
}
