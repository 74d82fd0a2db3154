import {
  connectionStateLabels,
  labelledWay,
  loopName,
  loopText,
} from '../../contract/flow-text.ts';
import type { ConnectionView, LoopView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { type Line, line, quiet, type Tone, toned } from '../terminal/lines.ts';
import { pad } from '../terminal/text.ts';
import { signs } from './status.ts';

const LABEL_WIDTH = 6;

const labels: Readonly<Record<Exclude<ConnectionView['flowType'], 'always'>, string>> = {
  conditional: 'If',
  'approval-gate': 'Gate',
  loop: 'Loop',
};

const tones: Readonly<Record<ConnectionView['state'], Tone>> = {
  pending: 'quiet',
  'awaiting-approval': 'attention',
  taken: 'good',
  'not-taken': 'quiet',
  blocked: 'bad',
};

/** The round of each loop, or why it ended. */
export function loopLines(view: SessionDetail, unicode: boolean, indent = '  '): Line[] {
  const { arrow } = signs(unicode);
  return view.loops.map((loop) =>
    line(
      indent,
      quiet(pad(labels.loop, LABEL_WIDTH)),
      `${loopName(loop, view, arrow)}  `,
      toned(toneOf(loop), loopText(loop)),
    ),
  );
}

const toneOf = ({ state }: LoopView): Tone =>
  state === 'unclear' ? 'attention' : state === 'ended' ? 'quiet' : 'busy';

/** Conditions and gates, with the outcome of each and the reason. */
export function branchLines(view: SessionDetail, unicode: boolean, indent = '  '): Line[] {
  const { arrow } = signs(unicode);
  return view.connections.flatMap((connection) => {
    const { flowType, state, reason } = connection;
    if (flowType === 'always' || flowType === 'loop') return [];
    return [
      line(
        indent,
        quiet(pad(labels[flowType], LABEL_WIDTH)),
        `${labelledWay(connection, view, arrow)}  `,
        toned(tones[state], connectionStateLabels[state]),
        quiet(reason === null ? '' : `  ${reason}`),
      ),
    ];
  });
}
