import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { agentWorkedMs } from '../../contract/work-time.ts';
import { formatDuration } from '../../lib/format.ts';
import { classNames } from '../design/class-names.ts';
import { useNow } from '../design/clock.ts';
import { agentStatusLabel, isWaitingToRun } from '../design/status.tsx';
import { agentStatusColors } from './agent-status-colors.ts';
import { earlierWork, type Span, spansOf, tickLabels, totalDurationMs } from './timeline-spans.ts';

// On a narrow scale the quarter labels would overlap.
const quarterClass = '@max-3xs:hidden';

/** When each agent worked, on one scale, so that parallel work and waiting are visible. */
export function SessionTimeline({ session }: { session: SessionDetail }) {
  const now = useNow();
  const start = Date.parse(session.startedAt);
  const end = Math.max(session.endedAt === null ? now : Date.parse(session.endedAt), start + 1000);
  return (
    <section aria-label="Timeline" className="flex min-w-0 flex-col gap-2">
      <div className="flex items-baseline gap-3">
        <h3 className="w-24 shrink-0 font-semibold sm:w-40">Timeline</h3>
        <div
          aria-hidden
          className="@container flex flex-1 justify-between text-muted text-xs tabular-nums leading-5"
        >
          {tickLabels(end - start).map((tick, index) => (
            <span key={tick} className={index % 2 === 0 ? '' : quarterClass}>
              {tick}
            </span>
          ))}
        </div>
        <span aria-hidden className="w-14 shrink-0" />
      </div>
      <ul className="flex flex-col">
        {session.agents.map((agent) => (
          <Row
            key={agent.id}
            agent={agent}
            spans={spansOf(
              isWaitingToRun(agent.status) ? { ...agent, startedAt: null } : agent,
              { start, end, now },
              earlierWork(session, agent),
            )}
            workedMs={totalWorkedMs(session, agent, now)}
          />
        ))}
      </ul>
    </section>
  );
}

/** The duration of all rounds, which matches the bars. */
function totalWorkedMs(session: SessionDetail, agent: AgentView, now: number): number | null {
  const currentMs = agentWorkedMs(agent, now);
  const earlier = earlierWork(session, agent);
  if (isWaitingToRun(agent.status) || (currentMs === null && earlier.length === 0)) return null;
  return (currentMs ?? 0) + totalDurationMs(earlier);
}

type RowProps = {
  readonly agent: AgentView;
  /** One for each period of work. */
  readonly spans: readonly Span[];
  readonly workedMs: number | null;
};

function Row({ agent, spans, workedMs }: RowProps) {
  return (
    <li className="flex h-6 items-center gap-3 text-sm">
      <span title={agent.name} className="w-24 shrink-0 truncate text-muted sm:w-40">
        {agent.name}
      </span>
      <span aria-hidden className="relative h-full flex-1 border-line border-x">
        {spans.map((span) => (
          <Bar key={span.from} span={span} />
        ))}
      </span>
      <span className="w-14 shrink-0 text-muted tabular-nums">
        {workedMs === null ? '–' : formatDuration(workedMs)}
        <span className="sr-only">, {agentStatusLabel(agent.status)}</span>
      </span>
    </li>
  );
}

function Bar({ span }: { span: Span }) {
  return (
    <span
      className={classNames(
        'absolute inset-y-1.5 min-w-1 rounded-sm',
        agentStatusColors[span.status],
      )}
      style={{ left: `${span.from * 100}%`, width: `${(span.to - span.from) * 100}%` }}
    />
  );
}
