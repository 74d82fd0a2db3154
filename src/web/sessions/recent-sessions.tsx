import type { SessionView } from '../../contract/session-views.ts';
import { plural, shortId } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { Age } from '../design/relative-time.tsx';
import { RunModeIcon } from '../design/run-mode-icon.tsx';
import { isSettled, SessionStatusBadge } from '../design/status.tsx';
import { useRecentSessions } from '../kernel/queries.ts';
import { navigate, openExecution } from '../kernel/route.ts';

const maxShown = 4;

/** The newest sessions, with a link to all of them; nothing before the first run. */
export function RecentSessions() {
  const { data } = useRecentSessions(maxShown);
  if (data === undefined || data.total === 0) return null;
  return (
    <section aria-label="Recent sessions" className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <h2 className="flex-1 font-semibold">Sessions</h2>
        <Button
          size="small"
          tone="quiet"
          // Aligns the label with the right edge of the list.
          className="-mr-2"
          onClick={() => navigate({ dialog: 'all-sessions' })}
        >
          {data.total > maxShown ? `All ${data.total} sessions` : 'All sessions'}
        </Button>
      </div>
      <ul className="divide-y rounded-lg border bg-surface">
        {data.items.map((session) => (
          <RecentSession key={session.id} session={session} />
        ))}
      </ul>
    </section>
  );
}

function RecentSession({ session }: { session: SessionView }) {
  const { id, workflow, mode, agents, startedAt, endedAt } = session;
  const settled = agents.filter(({ status }) => isSettled(status)).length;
  return (
    <li className="relative flex items-center gap-3 px-4 py-2 hover:bg-hover">
      <RunModeIcon mode={mode} className="w-4" />
      <div className="flex min-w-0 flex-1 items-baseline gap-2">
        <button
          type="button"
          title={workflow.name}
          onClick={() => openExecution(id)}
          className="min-w-0 truncate text-left font-medium after:absolute after:inset-0"
        >
          {workflow.name}
        </button>
        <span className="shrink-0 font-mono text-muted text-sm max-sm:hidden">{shortId(id)}</span>
      </div>
      <span className="shrink-0 text-muted text-sm max-sm:hidden">
        {settled} of {plural(agents.length, 'agent')}
      </span>
      <span className="w-24 shrink-0">
        <SessionStatusBadge session={session} />
      </span>
      <span className="w-20 shrink-0 text-right text-muted text-sm">
        <Age instant={endedAt ?? startedAt} />
      </span>
    </li>
  );
}
