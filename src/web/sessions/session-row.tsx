import { Checkbox } from '@base-ui/react/checkbox';
import { Check, ChevronRight } from 'lucide-react';
import type { SessionView } from '../../contract/session-views.ts';
import { sessionWorkedMs } from '../../contract/work-time.ts';
import { plural, repositoryName, shortId } from '../../lib/format.ts';
import { classNames } from '../design/class-names.ts';
import { Age, LiveDuration } from '../design/relative-time.tsx';
import { RunModeIcon } from '../design/run-mode-icon.tsx';
import { isQueued, isSessionSettled, isSettled, SessionStatusBadge } from '../design/status.tsx';
import { openExecution } from '../kernel/route.ts';
import { SessionActions } from './session-actions.tsx';
import { SessionAgents } from './session-agents.tsx';

type RowProps = {
  session: SessionView;
  isOpen: boolean;
  onToggle: () => void;
  isSelected: boolean;
  onSelect: () => void;
};

/** One session with its status and actions; its agents can be expanded. */
export function SessionRow({ session, isOpen, onToggle, isSelected, onSelect }: RowProps) {
  const name = `${session.workflow.name} ${shortId(session.id)}`;
  return (
    <article aria-label={name}>
      <div className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2">
        <div className="flex min-w-0 flex-1 items-center gap-2">
          <Checkbox.Root
            aria-label={`Select ${name}`}
            checked={isSelected}
            disabled={!isSessionSettled(session.status)}
            onCheckedChange={onSelect}
            className="flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong data-checked:border-accent data-checked:bg-accent data-checked:text-accent-ink data-disabled:opacity-40"
          >
            <Checkbox.Indicator>
              <Check aria-hidden size={12} />
            </Checkbox.Indicator>
          </Checkbox.Root>
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={`Agents of ${name}`}
            onClick={onToggle}
            className="shrink-0 rounded-sm p-1 text-muted hover:bg-hover"
          >
            <ChevronRight
              aria-hidden
              size={14}
              className={classNames('transition-transform', isOpen && 'rotate-90')}
            />
          </button>
          <Title session={session} />
        </div>
        <span className="shrink-0 @4xl:w-24">
          <SessionStatusBadge session={session} />
        </span>
        {/* In a narrow row the rest wraps to the next line. */}
        <span className="basis-full @4xl:hidden" />
        <div className="flex items-center gap-x-3 pl-13 @4xl:pl-0">
          <Progress session={session} />
          <Times session={session} />
        </div>
        <div className="pt-1 @lg:pt-0 @lg:pl-11 @4xl:pl-0">
          <SessionActions session={session} />
        </div>
      </div>
      {isOpen ? <SessionAgents session={session} /> : null}
    </article>
  );
}

function Title({ session }: { session: SessionView }) {
  const detail = session.needsYou?.message ?? workLocation(session);
  return (
    <div className="min-w-0 flex-1">
      <div className="flex items-center gap-2">
        <RunModeIcon mode={session.mode} />
        <button
          type="button"
          title={session.workflow.name}
          onClick={() => openExecution(session.id)}
          className="truncate rounded-sm font-medium hover:underline"
        >
          {session.workflow.name}
        </button>
        <span className="shrink-0 font-mono text-muted text-sm">{shortId(session.id)}</span>
        {session.isDismissed ? (
          <span className="shrink-0 text-muted text-sm">Dismissed</span>
        ) : null}
      </div>
      <div
        title={detail}
        className={classNames(
          'truncate text-sm',
          session.needsYou === null ? 'text-muted' : 'text-danger',
        )}
      >
        {session.backend === 'rehearsal' ? <span className="text-warn">Rehearsal · </span> : null}
        {detail}
      </div>
    </div>
  );
}

/** What the session works on: its folder on this machine, its repositories in the cloud. */
function workLocation({ folder, repositories }: SessionView): string {
  const repositoryNames = repositories.map(({ url }) => repositoryName(url));
  const all = folder === null ? repositoryNames : [folder, ...repositoryNames];
  return all.length === 0 ? 'No repository' : all.join(', ');
}

/** The age of a running session is its duration, so only one is shown. A queued session has no duration. */
function Times({ session }: { session: SessionView }) {
  const { startedAt, endedAt } = session;
  return (
    <span className="w-22 shrink-0 text-muted text-sm">
      {isQueued(session) ? (
        <Age instant={startedAt} />
      ) : endedAt === null ? (
        <span title={`Started ${new Date(startedAt).toLocaleString()}`}>
          for <LiveDuration milliseconds={(now) => sessionWorkedMs(session, now)} />
        </span>
      ) : (
        <>
          <Age instant={endedAt} />
          <span className="block">
            took <LiveDuration milliseconds={(now) => sessionWorkedMs(session, now)} />
          </span>
        </>
      )}
    </span>
  );
}

function Progress({ session }: { session: SessionView }) {
  const settled = session.agents.filter(({ status }) => isSettled(status)).length;
  const failed = session.agents.filter(({ status }) => status === 'failed').length;
  return (
    <span className="w-24 shrink-0 text-muted text-sm">
      {settled} of {plural(session.agents.length, 'agent')}
      {failed > 0 ? <span className="block text-danger">{failed} failed</span> : null}
    </span>
  );
}
