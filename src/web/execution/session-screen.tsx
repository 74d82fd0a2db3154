import { Tabs } from '@base-ui/react/tabs';
import { useState } from 'react';
import type { PlanView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { OfferedArtifacts } from '../artifacts/offered-artifacts.tsx';
import { ChangesPanel } from '../changes/changes-panel.tsx';
import { Callout } from '../design/callout.tsx';
import { classNames } from '../design/class-names.ts';
import { isSessionSettled } from '../design/status.tsx';
import { tabClass } from '../design/tab-class.ts';
import { navigate, useRoute } from '../kernel/route.ts';
import { AgentDetail } from './agent-detail.tsx';
import { BudgetNotice } from './budget-notice.tsx';
import { strandedDrafts } from './draft-places.ts';
import { useDrafts } from './drafts.ts';
import { EnhancePanel } from './enhance-panel.tsx';
import { FlowPanel } from './flow-panel.tsx';
import { PlanEditor } from './plan-editor.tsx';
import { Questions } from './questions.tsx';
import { Requests } from './requests.tsx';
import { SessionBar } from './session-bar.tsx';
import { SessionResults } from './session-results.tsx';
import { SessionTimeline } from './session-timeline.tsx';
import { UnconfirmedPages } from './unconfirmed-pages.tsx';
import { UnsentTexts } from './unsent-texts.tsx';
import { Waves } from './waves.tsx';

/** A session: its waves, and the details of the selected agent. */
export function SessionScreen({ session }: { session: SessionDetail }) {
  const { agent: chosen } = useRoute();
  const agent = session.agents.find(({ id }) => id === chosen);
  // It stays open when the question is gone, so that nothing written is lost.
  const [editing, setEditing] = useState<{ plan: PlanView; note: string } | null>(null);
  return (
    <>
      <SessionBar session={session} />
      <Notices
        session={session}
        hasAgentOpen={agent !== undefined}
        onEditPlan={(plan, note) => setEditing({ plan, note })}
      />
      {agent === undefined ? (
        <SessionTabs session={session} />
      ) : (
        <div className="flex min-h-0 flex-1 short:flex-none">
          <Waves session={session} chosen={agent.id} />
          <AgentDetail key={`${session.id}/${agent.id}`} session={session} agent={agent} />
        </div>
      )}
      {editing === null ? null : (
        <PlanEditor session={session} {...editing} onClose={() => setEditing(null)} />
      )}
    </>
  );
}

/** The agents, or the changes of all of them. */
function SessionTabs({ session }: { session: SessionDetail }) {
  const { tab } = useRoute();
  return (
    <Tabs.Root
      value={tab === 'changes' ? tab : 'agents'}
      onValueChange={(value) => navigate({ tab: value === 'changes' ? value : null })}
      className="flex min-h-0 flex-1 flex-col short:flex-none"
    >
      <Tabs.List className="flex shrink-0 gap-4 border-b px-4">
        <Tabs.Tab value="agents" className={tabClass}>
          Agents
        </Tabs.Tab>
        <Tabs.Tab value="changes" className={tabClass}>
          Changes
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="agents" className="flex min-h-0 flex-1 flex-col short:flex-none">
        <Overview session={session} />
      </Tabs.Panel>
      <Tabs.Panel value="changes" className="flex min-h-0 flex-1 flex-col short:flex-none">
        <ChangesPanel session={session} agent={null} />
      </Tabs.Panel>
    </Tabs.Root>
  );
}

/** All agents by wave, then the timeline and, once the session has settled, the results. */
function Overview({ session }: { session: SessionDetail }) {
  const isSettledSession = isSessionSettled(session.status);
  const hasBegun = session.agents.some(({ attempt }) => attempt > 0);
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-y-auto short:flex-none short:overflow-visible">
      <Waves session={session} chosen={null} />
      <EnhancePanel session={session} />
      <FlowPanel session={session} />
      <div
        className={classNames(
          'grid gap-6 border-t p-4',
          isSettledSession && 'lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]',
        )}
      >
        {isSettledSession ? <SessionResults session={session} /> : null}
        {hasBegun ? <SessionTimeline session={session} /> : null}
      </div>
    </div>
  );
}

const questionCodes: ReadonlySet<string> = new Set([
  'approval_needed',
  'plan_approval_needed',
  'edits_approval_needed',
  'decision_needed',
  'permission_needed',
  'budget_exceeded',
]);

function Notices({
  session,
  hasAgentOpen,
  onEditPlan,
}: {
  session: SessionDetail;
  hasAgentOpen: boolean;
  onEditPlan: (plan: PlanView, note: string) => void;
}) {
  const hasOffer = session.agents.some(({ artifactsState }) => artifactsState === 'offered');
  const { statusDetail = null } = session;
  const { questions, requests } = session;
  const unsent = strandedDrafts(useDrafts(), session);
  const isOverBudget = session.needsYou?.code === 'budget_exceeded';
  const hasQuestions = isOverBudget || questions.length + requests.length > 0;
  // The questions themselves explain it, with their answers.
  const need =
    hasQuestions && questionCodes.has(session.needsYou?.code ?? '') ? null : session.needsYou;
  const hasNotice = need !== null || statusDetail !== null || unsent.length > 0;
  if (!hasNotice && !hasQuestions && !hasOffer) return null;
  return (
    <div
      className={classNames(
        'scroll-thin flex shrink-0 flex-col gap-2 overflow-y-auto border-b px-4 py-3',
        // The transcript of the agent below is read to answer the question, so it needs more space.
        hasAgentOpen ? 'max-h-[40%]' : 'max-h-[60%]',
      )}
    >
      {need === null ? null : (
        <Callout
          tone="warning"
          title={need.message}
          action={<UnconfirmedPages session={session} />}
        >
          {need.suggestion}
        </Callout>
      )}
      <UnsentTexts texts={unsent} />
      <Questions session={session} onEditPlan={onEditPlan} />
      <Requests session={session} />
      <BudgetNotice session={session} />
      {statusDetail === null ? null : <p className="text-muted text-sm">{statusDetail}</p>}
      {hasOffer ? <OfferedArtifacts session={session} /> : null}
    </div>
  );
}
