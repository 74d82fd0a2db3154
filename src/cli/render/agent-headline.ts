import { isInCloud } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import { triesWords } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { listOf } from '../../lib/format.ts';
import { ellipsisOf, type Line, line, quiet, toned } from '../terminal/lines.ts';
import { cleanLine, pad, truncate } from '../terminal/text.ts';
import type { TreeOptions } from './tree-options.ts';
import { agentSign, agentTime, agentTone, isHeldBack, isMoving, spinnerAt } from './words.ts';

export type Columns = {
  readonly name: number;
  /** Agents of the session work in different places. */
  readonly hasPlace: boolean;
  /** Width of the column of provider names; 0 if all agents have the same provider. */
  readonly provider: number;
};

/** As wide as the longest status. */
const STATUS_WIDTH = 'reconnecting'.length;
/** As wide as "23h 59m". */
const ELAPSED_WIDTH = 7;

/** One row: sign, name, status in words, time, and for what stands still the reason next to it. */
export function agentHeadline(
  agent: AgentView,
  session: Pick<SessionDetail, 'workflowRound'>,
  waitsFor: readonly string[],
  columns: Columns,
  options: TreeOptions,
): Line {
  const tone = agentTone(agent.status);
  const sign = isMoving(agent.status)
    ? spinnerAt(options.now, options.unicode)
    : agentSign(agent.status, options.unicode);
  const name = truncate(cleanLine(agent.name), columns.name, ellipsisOf(options.unicode));
  return line(
    '  ',
    toned(tone, sign),
    ` ${pad(name, columns.name)}  `,
    toned(tone, pad(agent.status, STATUS_WIDTH)),
    quiet(` ${pad(agentTime(agent, options.now), ELAPSED_WIDTH, 'right')}`),
    quiet(columns.hasPlace ? `  ${pad(placeOf(agent), PLACE_WIDTH)}` : ''),
    quiet(
      columns.provider === 0
        ? ''
        : `  ${pad(providerOf(agent, columns, options), columns.provider)}`,
    ),
    quiet(noteOf(agent, triesWords(agent, session), waitsFor)),
  );
}

const providerOf = (agent: AgentView, columns: Columns, { unicode }: TreeOptions): string =>
  truncate(cleanLine(agent.provider?.name ?? ''), columns.provider, ellipsisOf(unicode));

/** In the words of the run mode. */
const placeOf = (agent: AgentView): string => (isInCloud(agent) ? 'cloud' : 'local');
const PLACE_WIDTH = 'cloud'.length;

function noteOf(agent: AgentView, tries: string, waitsFor: readonly string[]): string {
  if (isHeldBack(agent.status)) {
    const upstream = waitsFor.length === 0 ? '' : `for ${listOf(waitsFor)}`;
    const why = agent.statusDetail ?? upstream;
    // Before its first round there is nothing to count.
    const which = agent.attempt > 0 ? tries : '';
    return `  ${[which, why].filter((words) => words !== '').join(', ')}`;
  }
  if (agent.status === 'skipped') return agent.error === null ? '' : `  ${agent.error.message}`;
  return tries === '' ? '' : `  ${tries}`;
}
