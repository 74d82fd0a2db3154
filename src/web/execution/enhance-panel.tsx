import type { EnhanceView, WorkflowRoundView } from '../../contract/enhance.ts';
import { enhanceStateText, feedbackOn, spendingText } from '../../contract/enhance-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { classNames } from '../design/class-names.ts';
import { MessageText } from '../design/message-text.tsx';
import { navigate } from '../kernel/route.ts';
import { FeedbackForm } from './feedback-form.tsx';
import { SaveWorkflowButton } from './save-workflow.tsx';
import { WorkflowDiff } from './workflow-diff.tsx';

/** The rounds of a whole workflow: the failures of each, and the edits before the next. */
export function EnhancePanel({ session }: { session: SessionDetail }) {
  const { enhance } = session;
  if (enhance === null) return null;
  return (
    <section aria-label="Loop & Enhance" className="flex min-w-0 flex-col gap-3 border-t p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h3 className="font-semibold">Loop &amp; Enhance</h3>
        <span className={classNames('[overflow-wrap:anywhere]', stateColor(enhance))}>
          <MessageText text={enhanceStateText(enhance, session)} />
        </span>
        <span className="flex-1" />
        {enhance.isEdited ? <SaveWorkflowButton session={session} /> : null}
      </div>
      {/* If a budget ended the rounds, the line above says so. */}
      {enhance.cause === 'budget' ? null : (
        <p className="text-muted text-sm">{spendingText(enhance, session)}</p>
      )}
      <ol className="flex min-w-0 flex-col gap-3">
        {enhance.rounds.map((round) => (
          <Round key={round.number} session={session} enhance={enhance} round={round} />
        ))}
      </ol>
      {enhance.canGiveFeedback ? <FeedbackForm sessionId={session.id} /> : null}
    </section>
  );
}

/** Rounds that ended without success are highlighted, because the workflow's goal was not reached. */
function stateColor({ state, cause }: EnhanceView): string {
  if (state !== 'ended') return '';
  if (cause === 'converged') return 'text-ok';
  return cause === 'cancelled' ? 'text-muted' : 'text-danger';
}

function Round({
  session,
  enhance,
  round,
}: {
  session: SessionDetail;
  enhance: EnhanceView;
  round: WorkflowRoundView;
}) {
  const { number, summary, changes, report } = round;
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-lg border p-3">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h4 className="font-medium">
          Round {number} of {enhance.mostRounds}
        </h4>
        <RoundOutcome enhance={enhance} round={round} />
      </div>
      {summary === null ? null : (
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">
          <span className="text-muted">Planner:</span> <MessageText text={summary} />
        </p>
      )}
      {changes.length === 0 ? null : <WorkflowDiff changes={changes} />}
      {report === null || report.failures.length === 0 ? null : (
        <ul aria-label={`Failures in round ${number}`} className="flex flex-col gap-1">
          {report.failures.map(({ agentId, name, message }) => (
            <li key={agentId} className="min-w-0 [overflow-wrap:anywhere]">
              <AgentName session={session} agentId={agentId} name={name} />
              <span className="text-muted">
                : <MessageText text={message} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {feedbackOn(round, enhance).map((text, index) => (
        <p
          // The same feedback may be given twice, and none is removed.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above.
          key={index}
          className="whitespace-pre-wrap [overflow-wrap:anywhere]"
        >
          <span className="text-muted">You said:</span> {text}
        </p>
      ))}
    </li>
  );
}

function RoundOutcome({
  enhance: { round: currentRound, cause },
  round: { number, report },
}: {
  enhance: EnhanceView;
  round: WorkflowRoundView;
}) {
  const hasSucceeded = number === currentRound && cause === 'converged';
  const label = hasSucceeded ? 'Succeeded' : report === null ? 'In progress' : 'Failed';
  const isCancelled = number === currentRound && cause === 'cancelled';
  return (
    <span
      className={classNames(
        'text-sm',
        hasSucceeded ? 'text-ok' : report === null ? 'text-muted' : 'text-danger',
      )}
    >
      {isCancelled ? 'Cancelled' : label}
    </span>
  );
}

/** Links to the agent if it is still part of the session. */
function AgentName({
  session,
  agentId,
  name,
}: {
  session: SessionDetail;
  agentId: string;
  name: string;
}) {
  if (!session.agents.some(({ id }) => id === agentId))
    return <span className="font-medium">{name}</span>;
  return (
    <button
      type="button"
      className="font-medium underline-offset-2 hover:underline"
      onClick={() => navigate({ agent: agentId, tab: null })}
    >
      {name}
    </button>
  );
}
