import { Tabs } from '@base-ui/react/tabs';
import { Download, RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import type { PlanView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { sessionWorkedMs } from '../../contract/work-time.ts';
import { plural, shortId } from '../../lib/format.ts';
import { OfferedArtifacts } from '../artifacts/offered-artifacts.tsx';
import { ChangesPanel } from '../changes/changes-panel.tsx';
import { Callout } from '../design/callout.tsx';
import { classNames } from '../design/class-names.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { formatCost } from '../design/format-cost.ts';
import { LiveDuration } from '../design/relative-time.tsx';
import { cancellationTexts, reconnectTarget } from '../design/session-text.ts';
import { isQueued, isSessionSettled, isSettled, SessionStatusBadge } from '../design/status.tsx';
import { tabClass } from '../design/tab-class.ts';
import { ActionButton, DownloadLink } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { navigate, useRoute } from '../kernel/route.ts';
import { useAction } from '../kernel/use-action.ts';
import { ConnectionNotice } from '../shell/connection-notice.tsx';
import { AgentDetail } from './agent-detail.tsx';
import { BudgetNotice } from './budget-notice.tsx';
import { EnhancePanel } from './enhance-panel.tsx';
import { FlowPanel } from './flow-panel.tsx';
import { PlanEditor } from './plan-editor.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { Questions } from './questions.tsx';
import { Requests } from './requests.tsx';
import { SessionResults } from './session-results.tsx';
import { SessionTimeline } from './session-timeline.tsx';
import { UnconfirmedPages } from './unconfirmed-pages.tsx';
import { Waves } from './waves.tsx';

/** A session while it runs and after it: waves of agents, and everything about one of them. */
export function SessionScreen({ session }: { session: SessionDetail }) {
  const { agent: chosen } = useRoute();
  const agent = session.agents.find(({ id }) => id === chosen);
  // It stays open when the question goes away, so that nothing that was written is lost.
  const [editing, setEditing] = useState<{ plan: PlanView; note: string } | null>(null);
  return (
    <>
      <SessionBar session={session} />
      <Notices session={session} onEditPlan={(plan, note) => setEditing({ plan, note })} />
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

/** The agents, or what all of them together changed. */
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

/** All agents side by side; below them how the time went, and what came out once all is over. */
function Overview({ session }: { session: SessionDetail }) {
  const isOver = isSessionSettled(session.status);
  const hasBegun = session.agents.some(({ startedAt }) => startedAt !== null);
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-y-auto short:flex-none short:overflow-visible">
      <Waves session={session} chosen={null} />
      <EnhancePanel session={session} />
      <FlowPanel session={session} />
      <div
        className={classNames(
          'grid gap-6 border-t p-4',
          isOver && 'lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]',
        )}
      >
        {isOver ? <SessionResults session={session} /> : null}
        {hasBegun ? <SessionTimeline session={session} /> : null}
      </div>
    </div>
  );
}

/** Next to the title of the dialog. */
export function SessionHeading({ session }: { session: SessionDetail }) {
  return (
    <>
      <span title={session.workflow.name} className="min-w-0 truncate">
        {session.workflow.name}
      </span>
      <span className="font-mono text-muted text-sm max-sm:hidden">{shortId(session.id)}</span>
      <SessionStatusBadge session={session} />
      {session.backend === 'rehearsal' ? (
        <span className="rounded-sm bg-warn-soft px-1.5 font-medium text-sm text-warn">
          Rehearsal
        </span>
      ) : null}
    </>
  );
}

/** The wave that is being worked on: the first with an agent that is not settled. */
function currentWave(agents: readonly AgentView[]): number | null {
  const open = agents
    .filter(({ wave, status }) => wave > 0 && !isSettled(status))
    .map(({ wave }) => wave);
  return open.length === 0 ? null : Math.min(...open);
}

function SessionBar({ session }: { session: SessionDetail }) {
  const settled = session.agents.filter(({ status }) => isSettled(status)).length;
  const wave = currentWave(session.agents);
  const isOver = isSessionSettled(session.status);
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-1.5 text-muted">
      <ProgressBar agents={session.agents} />
      <span>
        {settled} of {plural(session.agents.length, 'agent')} settled
      </span>
      {session.workflowRound === null ? null : (
        <span>
          Round {session.workflowRound.number} of {session.workflowRound.most}
        </span>
      )}
      <span>{wave === null ? 'All waves settled' : `Wave ${wave} of ${session.waveCount}`}</span>
      {isQueued(session) ? null : (
        <LiveDuration milliseconds={(now) => sessionWorkedMs(session, now)} />
      )}
      <span title={session.costNote}>
        {formatCost(session.costUsd, session.usage.state === 'pending')}
      </span>
      <ConnectionNotice />
      {/* Where they do not fit beside the words, they go to the next line together. */}
      <div className="ml-auto flex flex-wrap justify-end gap-x-4 gap-y-2">
        <ReconnectButton session={session} />
        <DownloadLink href={api.exportUrl(session.id)}>
          <Download aria-hidden size={14} /> Export
        </DownloadLink>
        {isOver ? null : <StopButton session={session} />}
      </div>
    </div>
  );
}

function ReconnectButton({ session }: { session: SessionDetail }) {
  const asked = reconnectTarget(session);
  const reconnect = useAction(`${asked} could not be reached`, () => api.reconnect(session.id), {
    done: ({ changed }) => (changed ? 'Up to date' : `${asked} reports no changes`),
  });
  if (!session.resumable) return null;
  return (
    <ActionButton disabled={reconnect.isPending} onClick={() => reconnect.mutate()}>
      <RotateCw aria-hidden size={14} /> Reconnect
    </ActionButton>
  );
}

function StopButton({ session }: { session: SessionDetail }) {
  const [isAsking, setIsAsking] = useState(false);
  const cancel = useAction('The session could not be cancelled', () => api.cancel(session.id));
  const isStopping = session.status === 'cancelling' || cancel.isPending;
  return (
    <>
      <ActionButton disabled={isStopping} onClick={() => setIsAsking(true)}>
        <Square aria-hidden size={12} /> {isStopping ? 'Cancelling…' : 'Cancel'}
      </ActionButton>
      <ConfirmDialog
        open={isAsking}
        onClose={() => setIsAsking(false)}
        title="Cancel this session?"
        action="Cancel session"
        cancel="Keep running"
        onConfirm={() => cancel.mutate()}
      >
        {cancellationTexts(session).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p>If you only close this dialog, the session continues.</p>
      </ConfirmDialog>
    </>
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
  onEditPlan,
}: {
  session: SessionDetail;
  onEditPlan: (plan: PlanView, note: string) => void;
}) {
  const hasOffer = session.agents.some(({ artifactsState }) => artifactsState === 'offered');
  const { statusDetail = null } = session;
  const { questions, requests } = session;
  const isStopped = session.needsYou?.code === 'budget_exceeded';
  const isAsked = isStopped || questions.length + requests.length > 0;
  // The questions say it themselves, with the answers next to them.
  const need = isAsked && questionCodes.has(session.needsYou?.code ?? '') ? null : session.needsYou;
  if (need === null && !isAsked && statusDetail === null && !hasOffer) return null;
  return (
    <div className="scroll-thin flex max-h-[60%] shrink-0 flex-col gap-2 overflow-y-auto border-b px-4 py-3">
      {need === null ? null : (
        <Callout
          tone="warning"
          title={need.message}
          action={<UnconfirmedPages session={session} />}
        >
          {need.suggestion}
        </Callout>
      )}
      <Questions session={session} onEditPlan={onEditPlan} />
      <Requests session={session} />
      <BudgetNotice session={session} />
      {statusDetail === null ? null : <p className="text-muted text-sm">{statusDetail}</p>}
      {hasOffer ? <OfferedArtifacts session={session} /> : null}
    </div>
  );
}
