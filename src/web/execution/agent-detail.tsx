import { Tabs } from '@base-ui/react/tabs';
import { ExternalLink, GitPullRequest, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { AgentArtifacts } from '../artifacts/agent-artifacts.tsx';
import { ChangesPanel } from '../changes/changes-panel.tsx';
import { buttonClass } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { isWebAddress } from '../design/markdown.tsx';
import { AgentStatusBadge } from '../design/status.tsx';
import { tabClass } from '../design/tab-class.ts';
import { navigate, useRoute } from '../kernel/route.ts';
import { AgentFacts } from './agent-facts.tsx';
import { StatusSource } from './agent-run-card.tsx';
import { FollowUp } from './follow-up.tsx';
import { AgentHandoffs } from './handoffs.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { RetryButton } from './retry-button.tsx';
import { AgentTranscript } from './transcript/agent-transcript.tsx';

export function AgentDetail({ session, agent }: { session: SessionDetail; agent: AgentView }) {
  const { tab } = useRoute();
  const handoffs = session.handoffs.filter(
    ({ sourceAgentId, targetAgentId }) => sourceAgentId === agent.id || targetAgentId === agent.id,
  );
  const plan = session.plans.find(({ agentId }) => agentId === agent.id);
  return (
    <section aria-label={`Agent ${agent.name}`} className="flex min-w-0 flex-1 flex-col">
      <DetailHeader session={session} agent={agent} />
      {agent.error === null ? null : (
        <div className="shrink-0 px-4 py-3">
          <Callout
            tone={agent.status === 'failed' ? 'error' : 'notice'}
            title={agent.error.message}
          >
            {agent.error.suggestion}
          </Callout>
        </div>
      )}
      <Tabs.Root
        defaultValue={tab === 'artifacts' || tab === 'changes' ? tab : 'transcript'}
        className="flex min-h-0 flex-1 flex-col short:flex-none"
      >
        <Tabs.List className="scroll-thin flex shrink-0 gap-4 overflow-x-auto whitespace-nowrap border-b px-4">
          <Tabs.Tab value="transcript" className={tabClass}>
            Transcript
          </Tabs.Tab>
          {plan === undefined ? null : (
            <Tabs.Tab value="plan" className={tabClass}>
              Plan
            </Tabs.Tab>
          )}
          <Tabs.Tab value="changes" className={tabClass}>
            Changes
          </Tabs.Tab>
          <Tabs.Tab value="handoffs" className={tabClass}>
            Hand-offs ({handoffs.length})
          </Tabs.Tab>
          <Tabs.Tab value="artifacts" className={tabClass}>
            Artifacts ({agent.artifacts.length})
          </Tabs.Tab>
          <Tabs.Tab value="facts" className={tabClass}>
            Facts
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="transcript" className="flex min-h-0 flex-1 flex-col short:flex-none">
          <AgentTranscript session={session} agent={agent} />
          <FollowUp sessionId={session.id} agent={agent} />
        </Tabs.Panel>
        {plan === undefined ? null : (
          <ScrollingPanel value="plan">
            <PlanPanel plan={plan} />
          </ScrollingPanel>
        )}
        <Tabs.Panel value="changes" className="flex min-h-0 flex-1 flex-col short:flex-none">
          {agent.attempt === 0 ? (
            <p className="p-4 text-muted">The agent has not started yet.</p>
          ) : (
            <ChangesPanel session={session} agent={agent} />
          )}
        </Tabs.Panel>
        <ScrollingPanel value="handoffs">
          <AgentHandoffs session={session} agent={agent} handoffs={handoffs} />
        </ScrollingPanel>
        <ScrollingPanel value="artifacts">
          <AgentArtifacts session={session} agent={agent} />
        </ScrollingPanel>
        <ScrollingPanel value="facts">
          <AgentFacts session={session} agent={agent} />
        </ScrollingPanel>
      </Tabs.Root>
    </section>
  );
}

function ScrollingPanel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Tabs.Panel
      value={value}
      className="scroll-thin min-h-0 flex-1 overflow-y-auto p-4 short:flex-none"
    >
      {children}
    </Tabs.Panel>
  );
}

function DetailHeader({ session, agent }: { session: SessionDetail; agent: AgentView }) {
  return (
    <div className="flex shrink-0 items-center gap-3 border-b px-4 py-2">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <h3 title={agent.name} className="truncate font-semibold text-lg">
            {agent.name}
          </h3>
          <AgentStatusBadge status={agent.status} />
        </div>
        <StatusSource agent={agent} />
      </div>
      <RetryButton sessionId={session.id} agent={agent} />
      <ExternalLinkButton href={agent.prUrl} icon={GitPullRequest}>
        Pull request
      </ExternalLinkButton>
      <ExternalLinkButton href={agent.agentUrl} icon={ExternalLink}>
        {session.backend === 'rehearsal' ? 'Open on the rehearsal cloud' : 'Open on Cursor'}
      </ExternalLinkButton>
      <IconButton
        label="Close agent"
        icon={X}
        onClick={() => navigate({ agent: null, tab: null })}
      />
    </div>
  );
}

function ExternalLinkButton({
  href,
  icon: Icon,
  children,
}: {
  href: string | null;
  icon: typeof ExternalLink;
  children: string;
}) {
  if (href === null || !isWebAddress(href)) return null;
  return (
    <a
      className={buttonClass()}
      title={children}
      href={href}
      target="_blank"
      rel="noreferrer noopener"
    >
      <Icon aria-hidden size={14} className="shrink-0" />
      <span className="max-xl:sr-only">{children}</span>
    </a>
  );
}
