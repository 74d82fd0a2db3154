import type { ReactNode } from 'react';
import { isOnThisMachine } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import { capitalizedCloudName } from '../../contract/cloud-name.ts';
import { agentRoundText } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { agentWorkedMs } from '../../contract/work-time.ts';
import { formatUsd, repositoryName } from '../../lib/format.ts';
import { CopyButton } from '../design/copy-button.tsx';
import { SafeLink } from '../design/markdown.tsx';
import { LiveDuration } from '../design/relative-time.tsx';
import { isWaitingToRun } from '../design/status.tsx';

/** Ids, branches, commits, times and usage of an agent. */
export function AgentFacts({ session, agent }: { session: SessionDetail; agent: AgentView }) {
  return (
    <dl className="grid grid-cols-[max-content_1fr] items-center gap-x-6 gap-y-2">
      {agent.provider === null ? null : <Fact name="Provider">{agent.provider.name}</Fact>}
      <Fact name="Model">
        {agent.model === null
          ? `${providerName(session, agent)}’s default`
          : `${formatModel(agent)} (as requested)`}
      </Fact>
      {agent.mode === 'plan' ? <Fact name="Mode">Plan, without changes</Fact> : null}
      <Fact name="Attempt">
        {agent.attempt === 0 ? 'Not started' : attemptText(session, agent)}
      </Fact>
      {agent.startedAt === null || isWaitingToRun(agent.status) ? null : (
        <Fact name="Time">
          {/* One element: between several there would be a gap before the comma. */}
          <span>
            <LiveDuration milliseconds={(now) => agentWorkedMs(agent, now) ?? 0} />, since{' '}
            {new Date(agent.startedAt).toLocaleString()}
          </span>
        </Fact>
      )}
      {agent.runtime === null ? null : (
        <Fact name="Run mode">{isOnThisMachine(agent) ? 'Local: this machine' : 'Cloud'}</Fact>
      )}
      {isOnThisMachine(agent) ? (
        <>
          {agent.folder === null ? null : (
            <Fact name="Working folder">
              <Code>{agent.folder}</Code>
              <CopyButton text={agent.folder} label="Copy path of the working folder" />
            </Fact>
          )}
          <Id name="Thread" id={agent.threadId} />
          <Id name="Turn" id={agent.turnId} />
        </>
      ) : (
        <>
          <Id name="Cloud agent" id={agent.cursorAgentId} />
          <Id name="Cloud run" id={agent.cursorRunId} />
        </>
      )}
      {agent.baseCommits.map(({ repoUrl, ref, commit }) => (
        <Fact key={`${repoUrl}${ref}`} name={`Started from, ${repositoryName(repoUrl)}`}>
          {ref} at <Code>{commit.slice(0, 12)}</Code>
        </Fact>
      ))}
      {agent.branches.map(({ repoUrl, branch, commit, prUrl }) => (
        <Fact key={`${repoUrl}${branch}`} name={`Branch, ${repositoryName(repoUrl)}`}>
          <Code>{branch ?? 'none'}</Code>{' '}
          {commit === undefined ? null : <Code>{commit.slice(0, 12)}</Code>}{' '}
          {prUrl === undefined ? null : <SafeLink href={prUrl}>Pull request</SafeLink>}
        </Fact>
      ))}
      <Fact name="Usage">{formatUsage(agent.usage, providerName(session, agent))}</Fact>
      <Fact name="Cost">{agentCost(session, agent)}</Fact>
    </dl>
  );
}

/** For example "1, in round 2 of 3". */
function attemptText(session: SessionDetail, agent: AgentView): string {
  const round = agentRoundText(agent, session);
  // Attempts are counted per round, and a round that has not begun has none.
  if (round === '') return `${agent.attempt}`;
  return agent.attemptInRound === 0
    ? `None yet in ${round}`
    : `${agent.attemptInRound}, in ${round}`;
}

/** The name at the start of a sentence. */
const providerName = ({ backend }: SessionDetail, { provider }: AgentView): string =>
  provider === null || provider.id === 'cursor-agent'
    ? capitalizedCloudName(backend)
    : provider.name;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-w-0 flex-wrap items-center gap-1 [overflow-wrap:anywhere]">
        {children}
      </dd>
    </>
  );
}

function Id({ name, id }: { name: string; id: string | null }) {
  if (id === null) return null;
  return (
    <Fact name={name}>
      <Code>{id}</Code>
      <CopyButton text={id} label={`Copy id of the ${name}`} />
    </Fact>
  );
}

function Code({ children }: { children: ReactNode }) {
  return <code className="rounded-sm bg-sunken px-1 font-mono text-sm">{children}</code>;
}

function formatUsage(usage: AgentView['usage'], cloud: string): string {
  if (usage === null || usage.state === 'unavailable') return `${cloud} does not report it`;
  const isPending = usage.state === 'pending';
  if (isPending && usage.totalTokens === null) return 'Not known yet';
  const number = (value: number | null) => (value ?? 0).toLocaleString('en');
  const cached = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const parts = [
    `${number(usage.inputTokens)} in`,
    ...(cached === 0 ? [] : [`${number(cached)} cached`]),
    `${number(usage.outputTokens)} out`,
    ...(usage.reasoningTokens ? [`${number(usage.reasoningTokens)} of it thinking`] : []),
  ];
  return `${number(usage.totalTokens)} tokens (${parts.join(', ')})${isPending ? ' so far' : ''}`;
}

/** The share of the session's cost that is known to be this agent's. */
function agentCost({ costNote }: SessionDetail, { usage }: AgentView): string {
  return usage?.costUsd == null
    ? costNote
    : `${formatUsd(usage.costUsd)}. ${costSourceText(usage)}`;
}

function costSourceText({ costSources, pricesOf }: NonNullable<AgentView['usage']>): string {
  return costSources.includes('price-table')
    ? `Estimated from the prices of ${pricesOf}.`
    : 'As reported by the provider.';
}

function formatModel({ model, modelParameters }: AgentView): string {
  const parameters = Object.entries(modelParameters ?? {}).map(([id, value]) => `${id} ${value}`);
  return [model, ...parameters].join(', ');
}
