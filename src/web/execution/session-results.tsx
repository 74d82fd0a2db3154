import { FileDiff, GitBranch, Package, ScrollText } from 'lucide-react';
import { Fragment } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { plural, repositoryName } from '../../lib/format.ts';
import { toAppSuggestion } from '../design/app-suggestion.ts';
import { Button } from '../design/button.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { Markdown, SafeLink } from '../design/markdown.tsx';
import { MessageText } from '../design/message-text.tsx';
import { AgentStatusIcon } from '../design/status.tsx';
import { navigate } from '../kernel/route.ts';
import { finalMessageText } from './final-message.ts';
import { RetryButton } from './retry-button.tsx';

/** The results of a settled session: each agent's final message, branches, pull requests and artifacts. */
export function SessionResults({ session }: { session: SessionDetail }) {
  const started = session.agents.filter(({ attempt }) => attempt > 0);
  if (started.length === 0) return null;
  return (
    <section aria-label="Results" className="flex min-w-0 flex-col gap-2">
      <div className="flex items-baseline gap-3">
        <h3 className="font-semibold">Results</h3>
        <p className="text-muted">{outcomeSummary(started)}</p>
      </div>
      <ul className="divide-y rounded-lg border">
        {started.map((agent) => (
          <Result key={agent.id} sessionId={session.id} agent={agent} />
        ))}
      </ul>
    </section>
  );
}

/** For example `1 branch, 1 pull request, 3 artifacts`. */
function outcomeSummary(agents: readonly AgentView[]): string {
  const branches = new Set(
    agents.flatMap((agent) =>
      agent.branches.flatMap(({ repoUrl, branch }) =>
        branch === undefined ? [] : `${repoUrl} ${branch}`,
      ),
    ),
  );
  const pullRequests = new Set(
    agents.flatMap((agent) => agent.branches.flatMap(({ prUrl }) => prUrl ?? [])),
  );
  const artifacts = agents.reduce((sum, agent) => sum + agent.artifacts.length, 0);
  const parts = [
    branches.size > 0 && plural(branches.size, 'branch', 'branches'),
    pullRequests.size > 0 && plural(pullRequests.size, 'pull request'),
    artifacts > 0 && plural(artifacts, 'artifact'),
  ].filter(Boolean);
  return parts.length === 0 ? 'No branches, pull requests or artifacts' : parts.join(', ');
}

function Result({ sessionId, agent }: { sessionId: string; agent: AgentView }) {
  const headingId = `result-${agent.id}`;
  const open = (tab: string | null) => navigate({ agent: agent.id, tab });
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex items-center gap-2">
        <AgentStatusIcon status={agent.status} />
        <h4 id={headingId} title={agent.name} className="min-w-0 flex-1 truncate font-medium">
          {agent.name}
        </h4>
        <RetryButton
          sessionId={sessionId}
          agent={agent}
          size="small"
          tone="plain"
          aria-describedby={headingId}
        />
        {agent.artifacts.length === 0 ? null : (
          <Button
            size="small"
            tone="quiet"
            aria-describedby={headingId}
            onClick={() => open('artifacts')}
          >
            <Package aria-hidden size={12} /> {plural(agent.artifacts.length, 'artifact')}
          </Button>
        )}
        {agent.branches.some(({ branch }) => branch !== undefined) ? (
          <Button
            size="small"
            tone="quiet"
            aria-describedby={headingId}
            onClick={() => open('changes')}
          >
            <FileDiff aria-hidden size={12} /> Changes
          </Button>
        ) : null}
        <Button size="small" tone="quiet" aria-describedby={headingId} onClick={() => open(null)}>
          <ScrollText aria-hidden size={12} /> Transcript
        </Button>
      </div>
      <FinalMessage agent={agent} />
      <Branches agent={agent} />
    </li>
  );
}

/** Longer messages are truncated here; the transcript has them in full. */
const maxMessageLength = 1200;

function FinalMessage({ agent }: { agent: AgentView }) {
  if (agent.error !== null)
    return (
      <div className="[overflow-wrap:anywhere]">
        <p className={agent.status === 'failed' ? 'text-danger' : 'text-muted'}>
          <MessageText text={agent.error.message} />
        </p>
        {agent.error.suggestion === undefined ? null : (
          <p className="text-muted">
            <MessageText text={toAppSuggestion(agent.error.suggestion)} />
          </p>
        )}
      </div>
    );
  if (agent.result === null) return <p className="text-muted">The agent left no final message.</p>;
  return (
    <div className="max-w-[90ch]">
      <Markdown text={finalMessageText(agent.result, maxMessageLength)} />
    </div>
  );
}

function Branches({ agent }: { agent: AgentView }) {
  const pushed = agent.branches.filter(({ branch }) => branch !== undefined);
  if (pushed.length === 0) return null;
  return (
    <div className="grid grid-cols-[max-content_minmax(0,1fr)_max-content] items-center gap-x-3 text-sm">
      {pushed.map(({ repoUrl, branch = '', prUrl }) => (
        <Fragment key={`${repoUrl} ${branch}`}>
          <span className="text-muted">{repositoryName(repoUrl)}</span>
          <span className="flex min-w-0 items-center gap-1.5">
            <GitBranch aria-hidden size={12} className="shrink-0 text-muted" />
            <code className="truncate font-mono" title={branch}>
              {branch}
            </code>
            <CopyButton text={branch} label={`Copy ${branch}`} />
          </span>
          <span>{prUrl === undefined ? null : <SafeLink href={prUrl}>Pull request</SafeLink>}</span>
        </Fragment>
      ))}
    </div>
  );
}
