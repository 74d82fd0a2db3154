import { formatLimits, type RunExtent, summarizeExtent } from '../../contract/run-extent.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, quiet } from '../terminal/lines.ts';
import { pad } from '../terminal/text.ts';

const LABEL_WIDTH = 9;

/** Before a run: the maximum number of activations and pull requests, and the budget. Empty if every agent works once. */
export function extentLines(extent: RunExtent): Line[] {
  const parts = summarizeExtent(extent);
  const reason = parts === null || parts.because === '' ? '' : ` (${parts.because})`;
  const row = (label: string, text: string): Line => line(quiet(pad(label, LABEL_WIDTH)), text);
  const agents = plural(extent.agents, 'agent');
  return [
    ...(parts === null
      ? []
      : [row('Work', `${agents}, activated at most ${plural(parts.most, 'time')}${reason}`)]),
    ...(extent.pullRequests === 0
      ? []
      : [row('PRs', `up to ${plural(extent.pullRequests, 'pull request')} could be opened`)]),
    ...(extent.budget == null
      ? []
      : [
          row(
            'Budget',
            `${formatLimits(extent.budget)}, then nothing new starts until you raise it`,
          ),
        ]),
  ];
}
