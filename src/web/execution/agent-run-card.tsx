import { GitBranch, GitPullRequest, Wrench } from 'lucide-react';
import { isInCloud } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import { triesWords } from '../../contract/round-text.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { agentWorkedMs } from '../../contract/work-time.ts';
import { capitalized } from '../../lib/format.ts';
import { classNames } from '../design/class-names.ts';
import { MessageText } from '../design/message-text.tsx';
import { plainText } from '../design/plain-text.ts';
import { Age, LiveDuration } from '../design/relative-time.tsx';
import { RunModeIcon } from '../design/run-mode-icon.tsx';
import { runModeLabels } from '../design/run-mode-labels.ts';
import { AgentStatusBadge, isSettled, isWaitingToRun } from '../design/status.tsx';
import { shortArguments } from './tool-arguments.ts';
import { lastLine } from './tool-output.ts';
import type { ToolRow } from './transcript-rows.ts';
import { useTranscript } from './transcript-store.ts';

/** More of a text than this fits on no card. */
const previewLength = 400;

/** An agent of a session at a glance. */
export function AgentRunCard({
  session,
  agent,
  isChosen,
  isShort,
  hasRoom,
  hasPlace,
  hasProvider,
  onChoose,
}: {
  session: SessionView;
  agent: AgentView;
  isChosen: boolean;
  /** Without its last words, where they stand elsewhere. */
  isShort: boolean;
  /** For more of what it is saying. */
  hasRoom: boolean;
  /** It says where it works, where others of the session work elsewhere. */
  hasPlace: boolean;
  /** It says who runs it, where others of the session are run by someone else. */
  hasProvider: boolean;
  onChoose: () => void;
}) {
  return (
    <article
      id={`agent-card-${agent.id}`}
      aria-label={agent.name}
      className={classNames(
        'relative flex flex-col gap-1.5 rounded-lg border p-3 transition-colors hover:bg-hover',
        isChosen ? 'border-accent bg-accent-soft' : 'bg-surface',
      )}
    >
      <div className="flex items-center gap-2">
        <button
          type="button"
          aria-expanded={isChosen}
          onClick={onChoose}
          title={agent.name}
          className="min-w-0 flex-1 truncate rounded-sm text-left font-semibold after:absolute after:inset-0"
        >
          {agent.name}
        </button>
        <AgentStatusBadge status={agent.status} />
      </div>
      <StatusWord agent={agent} />
      {agent.attempt > 0 && !isSettled(agent.status) ? (
        <LivePreview
          sessionId={session.id}
          agentId={agent.id}
          hasRoom={hasRoom}
          isAsking={agent.status === 'requires-action'}
        />
      ) : isShort ? null : (
        <SettledPreview agent={agent} />
      )}
      <CardFooter session={session} agent={agent} hasPlace={hasPlace} hasProvider={hasProvider} />
    </article>
  );
}

/** Who says so, and how old the word is: a status without these two would be a guess. */
export function StatusWord({ agent }: { agent: AgentView }) {
  return (
    <div className="text-muted text-sm">
      Reported by {agent.statusSource}, <Age instant={agent.statusAt} />
      {agent.statusDetail === null ? null : <span className="block">{agent.statusDetail}</span>}
    </div>
  );
}

function LivePreview({
  sessionId,
  agentId,
  hasRoom,
  isAsking,
}: {
  sessionId: string;
  agentId: string;
  hasRoom: boolean;
  isAsking: boolean;
}) {
  const { transcript } = useTranscript(sessionId, agentId, 'tail');
  const [length, lines] = hasRoom ? [4 * previewLength, 12] : [previewLength, 4];
  const words = plainText(transcript.lastWords(length)).split('\n').slice(-lines).join('\n');
  const tools = transcript.toolsInFlight();
  // Of an agent whose turn is over, the question shows what it said.
  const isSilent = words === '' || (isAsking && tools.length === 0);
  return (
    <>
      {isSilent ? null : (
        <p
          className={classNames(
            'whitespace-pre-wrap text-sm [overflow-wrap:anywhere]',
            hasRoom ? 'line-clamp-12' : 'line-clamp-3',
          )}
        >
          {words}
        </p>
      )}
      {tools.slice(-3).map((tool) => (
        <ToolAtWork key={tool.key} tool={tool} />
      ))}
    </>
  );
}

/** A tool call in a line, and in another what its command printed last. */
function ToolAtWork({ tool }: { tool: ToolRow }) {
  const words = `${tool.name} ${shortArguments(tool.args)}`;
  const printed = lastLine(tool.output);
  return (
    <div className="text-muted text-sm">
      <p className="flex items-center gap-1.5">
        <Wrench aria-label="Running tool" role="img" size={12} className="shrink-0" />
        <span className="truncate font-mono text-xs" title={words}>
          {words}
        </span>
      </p>
      {printed === '' ? null : (
        <p className="truncate pl-4.5 font-mono text-xs" title={printed}>
          {printed}
        </p>
      )}
    </div>
  );
}

function SettledPreview({ agent }: { agent: AgentView }) {
  if (agent.error !== null) {
    // A skipped agent has said in its status already what was missing.
    if (agent.statusDetail !== null) return null;
    return (
      <p
        title={agent.error.message}
        className={classNames(
          'line-clamp-3 text-sm',
          agent.status === 'failed' ? 'text-danger' : 'text-muted',
        )}
      >
        <MessageText text={agent.error.message} />
      </p>
    );
  }
  if (agent.result === null) return null;
  return (
    <p className="line-clamp-2 text-sm [overflow-wrap:anywhere]">
      {plainText(agent.result.slice(0, previewLength))}
    </p>
  );
}

function CardFooter({
  session,
  agent,
  hasPlace,
  hasProvider,
}: {
  session: SessionView;
  agent: AgentView;
  hasPlace: boolean;
  hasProvider: boolean;
}) {
  const tries = triesWords(agent, session);
  const [branch] = agent.branches.filter((each) => each.branch !== undefined);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
      {hasPlace ? <Place agent={agent} /> : null}
      {agent.startedAt === null || isWaitingToRun(agent.status) ? null : (
        <LiveDuration milliseconds={(now) => agentWorkedMs(agent, now) ?? 0} />
      )}
      {hasProvider && agent.provider !== null ? <span>{agent.provider.name}</span> : null}
      <span>{agent.model ?? 'Default model'}</span>
      {tries === '' ? null : <span>{capitalized(tries)}</span>}
      {branch === undefined ? null : (
        <span className="flex min-w-0 items-center gap-1">
          <GitBranch aria-hidden size={12} className="shrink-0" />
          <span className="truncate font-mono" title={branch.branch}>
            {branch.branch}
          </span>
        </span>
      )}
      {agent.prUrl === null ? null : (
        <span className="flex items-center gap-1">
          <GitPullRequest aria-hidden size={12} /> Pull request
        </span>
      )}
    </div>
  );
}

function Place({ agent }: { agent: AgentView }) {
  const mode = isInCloud(agent) ? 'cloud' : 'local';
  return (
    <span className="flex items-center gap-1">
      <span aria-hidden className="inline-flex">
        <RunModeIcon mode={mode} />
      </span>
      {runModeLabels[mode]}
    </span>
  );
}
