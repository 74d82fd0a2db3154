import { extentWords, type RunExtent } from '../../contract/extent-words.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, quiet } from '../terminal/lines.ts';
import { pad } from '../terminal/text.ts';

const LABEL_WIDTH = 9;

/** Before a run: how often agents work at most, and what may come of it. Nothing for a run without surprises. */
export function extentLines(extent: RunExtent): Line[] {
  const words = extentWords(extent);
  const row = (label: string, text: string): Line => line(quiet(pad(label, LABEL_WIDTH)), text);
  return [
    ...(words === null
      ? []
      : [row('Work', `${plural(extent.agents, 'agent')}, activated ${words}`)]),
    ...(extent.pullRequests === 0
      ? []
      : [row('PRs', `up to ${plural(extent.pullRequests, 'pull request')} could be opened`)]),
  ];
}
