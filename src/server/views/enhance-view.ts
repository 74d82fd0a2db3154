import { type Backend, withCloudName } from '../../contract/cloud-name.ts';
import type { EnhanceView, WorkflowRoundView } from '../../contract/enhance.ts';
import { canGiveFeedback } from '../../engine/supervise/feedback.ts';
import type { StoredEvent } from '../../journal/types.ts';
import { spendingOf } from '../../session/budget/spending.ts';
import { chargedUsd } from '../../session/enhance/enhance-budget.ts';
import type { EnhanceEventOf } from '../../session/enhance/enhance-events.ts';
import type { Proposal, WorkflowRound } from '../../session/enhance/enhance-state.ts';
import { enhanceStatus } from '../../session/enhance/enhance-status.ts';
import type { SessionState } from '../../session/state.ts';
import { differencesOf, type WorkflowDifference } from '../../workflow/edit/differences.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { instant } from './instant.ts';

/** Loop & Enhance of one session; null if it is off. `events` are those of its detail, oldest first. */
export function enhanceView(
  state: SessionState,
  events: readonly StoredEvent[],
): EnhanceView | null {
  const { enhance } = state;
  const status = enhanceStatus(state);
  if (enhance === null || status.kind === 'off') return null;
  const { maxRounds, budgetTokens, budgetUsd } = state.workflow.settings.loopAndEnhance;
  const workflows = workflowsByRound(events);
  const reports = reportsByRound(events);
  const { proposal } = enhance;
  const cloud = state.backend.kind;
  return {
    round: enhance.round,
    mostRounds: maxRounds,
    state: status.kind,
    cause: status.kind === 'ended' ? status.cause : null,
    reason:
      status.kind === 'ended' && status.reason !== null
        ? withCloudName(cloud, status.reason)
        : null,
    rounds: enhance.rounds.map((round) =>
      roundView(round, {
        workflows,
        reported: round.report === null ? undefined : reports.get(round.number),
        cloud,
      }),
    ),
    feedback: [...enhance.feedback],
    proposal:
      proposal === null
        ? null
        : {
            summary: proposal.summary,
            changes:
              proposal.workflow === null
                ? []
                : differencesOf(state.workflow, proposal.workflow).map((difference) =>
                    differenceView(difference, reasonsAbout(difference, proposal)),
                  ),
            approvalReasons: [...proposal.approvalReasons],
            fault: proposal.fault,
          },
    spent: { ...spendingOf(state), usd: chargedUsd(state) },
    budgetTokens: budgetTokens ?? null,
    budgetUsd,
    canGiveFeedback: canGiveFeedback(state),
    isEdited: enhance.round > 1,
  };
}

type RoundSources = {
  readonly workflows: ReadonlyMap<number, Workflow>;
  readonly reported: EnhanceEventOf<'RoundReported'> | undefined;
  readonly cloud: Backend;
};

function roundView(
  { number, openedAt, summary, report }: WorkflowRound,
  { workflows, reported, cloud }: RoundSources,
): WorkflowRoundView {
  const [before, after] = [workflows.get(number - 1), workflows.get(number)];
  return {
    number,
    openedAt: instant(openedAt),
    summary,
    changes:
      before === undefined || after === undefined
        ? []
        : differencesOf(before, after).map((difference) => differenceView(difference)),
    report:
      report === null || reported === undefined
        ? null
        : {
            at: instant(report.at),
            failures: reported.failures.map(({ agentId, name, reason, failure }) => ({
              agentId,
              name,
              reason,
              // The verdict of an agent is its own text.
              message:
                reason === 'verdict' ? failure.message : withCloudName(cloud, failure.message),
            })),
            feedback: reported.feedback,
          },
  };
}

/** The workflow of each round: the initial one, then for each further round the last proposal before it. */
function workflowsByRound(events: readonly StoredEvent[]): ReadonlyMap<number, Workflow> {
  const workflows = new Map<number, Workflow>();
  let proposed: Workflow | undefined;
  for (const { event } of events) {
    if (event.type === 'SessionStarted') workflows.set(1, event.workflow);
    else if (event.type === 'EditsProposed') proposed = event.workflow;
    else if (event.type === 'WorkflowRoundOpened' && proposed !== undefined)
      workflows.set(event.round, proposed);
  }
  return workflows;
}

function reportsByRound(
  events: readonly StoredEvent[],
): ReadonlyMap<number, EnhanceEventOf<'RoundReported'>> {
  return new Map(
    events.flatMap(({ event }) =>
      event.type === 'RoundReported' ? [[event.round, event] as const] : [],
    ),
  );
}

export const differenceView = (
  difference: WorkflowDifference,
  approvalReasons: readonly string[] = [],
): WorkflowRoundView['changes'][number] => ({
  ...difference,
  fields: difference.fields.map((field) => ({ ...field })),
  approvalReasons: [...approvalReasons],
});

function reasonsAbout(
  { subject, id }: WorkflowDifference,
  { approvalReasons, approvalParts = [] }: Proposal,
): string[] {
  return approvalReasons.filter((_, index) => {
    const part = approvalParts[index];
    return part?.subject === subject && part.id === id;
  });
}
