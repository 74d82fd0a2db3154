import { GitBranch, GitPullRequest, Wrench } from 'lucide-react';
import { isInCloud } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import { attemptText } from '../../contract/round-text.ts';
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
import { finalMessageText } from './final-message.ts';
import type { ToolRow } from './transcript/rows.ts';
import { shortArguments } from './transcript/tool-arguments.ts';
import { lastLine } from './transcript/tool-output.ts';
import { useTranscript } from './transcript/transcript-feed.ts';

/** A card shows no more text than this. */
const previewLength = 400;

/** A summary of an agent in a session. */
export function AgentRunCard({
  session,
  agent,
  isSelected,
  hidesResult,
  isSpacious,
  showsRunMode,
  showsProvider,
  onSelect,
}: {
  session: SessionView;
  agent: AgentView;
  isSelected: boolean;
  /** Its final message is shown elsewhere. */
  hidesResult: boolean;
  /** There is space for a longer preview. */
  isSpacious: boolean;
  /** Set where agents of the session run in different modes. */
  showsRunMode: boolean;
  /** Set where agents of the session have different providers. */
  showsProvider: boolean;
  onSelect: () => void;
}) {
  return (
    <article
      id={`agent-card-${agent.id}`}
      aria-label={agent.name}
      className={classNames(
        'relative flex flex-col gap-1.5 rounded-lg border p-3 transition-colors hover:bg-hover',
        isSelected ? 'border-accent bg-accent-soft' : 'bg-surface',
      )}
    >
      <div className="flex items-center gap-2">
        <button
          type="button"
          aria-expanded={isSelected}
          onClick={onSelect}
          title={agent.name}
          className="min-w-0 flex-1 truncate rounded-sm text-left font-semibold after:absolute after:inset-0"
        >
          {agent.name}
        </button>
        <AgentStatusBadge status={agent.status} />
      </div>
      <StatusSource agent={agent} />
      {agent.attempt > 0 && !isSettled(agent.status) ? (
        <LivePreview
          sessionId={session.id}
          agentId={agent.id}
          isSpacious={isSpacious}
          isAsking={agent.status === 'requires-action'}
        />
      ) : hidesResult ? null : (
        <SettledPreview agent={agent} />
      )}
      <CardFooter
        session={session}
        agent={agent}
        showsRunMode={showsRunMode}
        showsProvider={showsProvider}
      />
    </article>
  );
}

/** The source and age of a status; without them a status would be a guess. */
export function StatusSource({ agent }: { agent: AgentView }) {
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
  isSpacious,
  isAsking,
}: {
  sessionId: string;
  agentId: string;
  isSpacious: boolean;
  isAsking: boolean;
}) {
  const { transcript } = useTranscript(sessionId, agentId, 'tail');
  const [length, lines] = isSpacious ? [4 * previewLength, 12] : [previewLength, 4];
  const text = plainText(transcript.lastText(length)).split('\n').slice(-lines).join('\n');
  const tools = transcript.runningTools();
  // An open question shows the final message itself.
  const isHidden = text === '' || (isAsking && tools.length === 0);
  return (
    <>
      {isHidden ? null : (
        <p
          className={classNames(
            'whitespace-pre-wrap text-sm [overflow-wrap:anywhere]',
            isSpacious ? 'line-clamp-12' : 'line-clamp-3',
          )}
        >
          {text}
        </p>
      )}
      {tools.slice(-3).map((tool) => (
        <RunningTool key={tool.key} tool={tool} />
      ))}
    </>
  );
}

/** A tool call, and the last line of its output. */
function RunningTool({ tool }: { tool: ToolRow }) {
  const text = `${tool.name} ${shortArguments(tool.args)}`;
  const lastOutput = lastLine(tool.output);
  return (
    <div className="text-muted text-sm">
      <p className="flex items-center gap-1.5">
        <Wrench aria-label="Running tool" role="img" size={12} className="shrink-0" />
        <span className="truncate font-mono text-xs" title={text}>
          {text}
        </span>
      </p>
      {lastOutput === '' ? null : (
        <p className="truncate pl-4.5 font-mono text-xs" title={lastOutput}>
          {lastOutput}
        </p>
      )}
    </div>
  );
}

function SettledPreview({ agent }: { agent: AgentView }) {
  if (agent.error !== null) {
    // The status detail of a skipped agent already gives the reason.
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
      {plainText(finalMessageText(agent.result, previewLength))}
    </p>
  );
}

function CardFooter({
  session,
  agent,
  showsRunMode,
  showsProvider,
}: {
  session: SessionView;
  agent: AgentView;
  showsRunMode: boolean;
  showsProvider: boolean;
}) {
  const tries = attemptText(agent, session);
  const [branch] = agent.branches.filter((each) => each.branch !== undefined);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
      {showsRunMode ? <RunModeLabel agent={agent} /> : null}
      {agent.startedAt === null || isWaitingToRun(agent.status) ? null : (
        <LiveDuration milliseconds={(now) => agentWorkedMs(agent, now) ?? 0} />
      )}
      {showsProvider && agent.provider !== null ? <span>{agent.provider.name}</span> : null}
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

function RunModeLabel({ agent }: { agent: AgentView }) {
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
