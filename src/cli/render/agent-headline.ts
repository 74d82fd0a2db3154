import { isInCloud } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import { attemptText } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { listOf } from '../../lib/format.ts';
import { ellipsisOf, type Line, line, quiet, toned } from '../terminal/lines.ts';
import { cleanLine, pad, truncate } from '../terminal/text.ts';
import { agentSign, agentTime, agentTone, isActive, isWaiting, spinnerAt } from './status.ts';
import type { TreeOptions } from './tree-options.ts';

export type Columns = {
  readonly name: number;
  /** Whether agents of the session run both locally and in the cloud. */
  readonly hasLocation: boolean;
  /** Width of the column of provider names; 0 if all agents have the same provider. */
  readonly provider: number;
};

/** As wide as the longest status. */
const STATUS_WIDTH = 'reconnecting'.length;
/** As wide as "23h 59m". */
const ELAPSED_WIDTH = 7;

type HeadlineContext = {
  readonly session: Pick<SessionDetail, 'workflowRound'>;
  /** Names of the agents whose results the agent waits for. */
  readonly waitsFor: readonly string[];
  readonly columns: Columns;
};

/** One row: sign, name, status, time, and for an agent that is not at work the reason. */
export function agentHeadline(
  agent: AgentView,
  { session, waitsFor, columns }: HeadlineContext,
  options: TreeOptions,
): Line {
  const tone = agentTone(agent.status);
  const sign = isActive(agent.status)
    ? spinnerAt(options.now, options.unicode)
    : agentSign(agent.status, options.unicode);
  const name = truncate(cleanLine(agent.name), columns.name, ellipsisOf(options.unicode));
  return line(
    '  ',
    toned(tone, sign),
    ` ${pad(name, columns.name)}  `,
    toned(tone, pad(agent.status, STATUS_WIDTH)),
    quiet(` ${pad(agentTime(agent, options.now), ELAPSED_WIDTH, 'right')}`),
    quiet(columns.hasLocation ? `  ${pad(locationLabel(agent), LOCATION_WIDTH)}` : ''),
    quiet(
      columns.provider === 0
        ? ''
        : `  ${pad(providerOf(agent, columns, options), columns.provider)}`,
    ),
    quiet(noteText(agent, attemptText(agent, session), waitsFor)),
  );
}

const providerOf = (agent: AgentView, columns: Columns, { unicode }: TreeOptions): string =>
  truncate(cleanLine(agent.provider?.name ?? ''), columns.provider, ellipsisOf(unicode));

/** Uses the names of the run modes. */
const locationLabel = (agent: AgentView): string => (isInCloud(agent) ? 'cloud' : 'local');
const LOCATION_WIDTH = 'cloud'.length;

function noteText(agent: AgentView, attemptText: string, waitsFor: readonly string[]): string {
  if (isWaiting(agent.status)) {
    const upstream = waitsFor.length === 0 ? '' : `for ${listOf(waitsFor)}`;
    const reason = agent.statusDetail ?? upstream;
    // Before the first attempt there is nothing to count.
    const attempt = agent.attempt > 0 ? attemptText : '';
    return `  ${[attempt, reason].filter((text) => text !== '').join(', ')}`;
  }
  if (agent.status === 'skipped') return agent.error === null ? '' : `  ${agent.error.message}`;
  return attemptText === '' ? '' : `  ${attemptText}`;
}
