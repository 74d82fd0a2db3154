import type { SessionView } from '../../contract/session-views.ts';
import { SafeLink } from '../design/markdown.tsx';
import { Age } from '../design/relative-time.tsx';
import { AgentStatusBadge } from '../design/status.tsx';
import { openExecution } from '../kernel/route.ts';

/** The agents of a session, with the source of each status. */
export function SessionAgents({ session }: { session: SessionView }) {
  return (
    <ul aria-label="Agents" className="divide-y border-t bg-ground pl-4 @4xl:pl-17">
      {session.agents.map((agent) => (
        <li key={agent.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5 pr-4">
          <span className="w-14 shrink-0 text-muted text-sm">
            {agent.wave === 0 ? '' : `Wave ${agent.wave}`}
          </span>
          <button
            type="button"
            title={agent.name}
            onClick={() => openExecution(session.id, agent.id)}
            className="w-48 truncate rounded-sm text-left hover:underline"
          >
            {agent.name}
          </button>
          <AgentStatusBadge status={agent.status} />
          <span
            title={agent.statusDetail ?? undefined}
            className="min-w-40 flex-1 truncate text-muted text-sm"
          >
            Reported by {agent.statusSource}, <Age instant={agent.statusAt} />
            {agent.statusDetail === null ? '' : `: ${agent.statusDetail}`}
          </span>
          {agent.prUrl === null ? null : <SafeLink href={agent.prUrl}>Pull request</SafeLink>}
          {agent.agentUrl === null ? null : (
            <SafeLink href={agent.agentUrl}>
              {session.backend === 'rehearsal' ? 'On the rehearsal cloud' : 'On Cursor'}
            </SafeLink>
          )}
        </li>
      ))}
    </ul>
  );
}
