import { agentsIn } from '../../workflow/placement.ts';
import { PLANNER_ID, PLANNER_NAME } from '../../workflow/planner.ts';
import type { Agent } from '../../workflow/schema.ts';
import type { Failure } from '../events.ts';
import { type ApprovalStatus, approvalStatus } from '../flow/approval.ts';
import { newestGate } from '../flow/flow-state.ts';
import type { AgentState, SessionState } from '../state.ts';
import type { Proposal } from './enhance-state.ts';

export const isPlanner = ({ id }: Pick<AgentState, 'id'>): boolean => id === PLANNER_ID;

/** The definition of the planner, so that it is launched and shown like any other agent. */
export function plannerDocument({ workflow }: Pick<SessionState, 'workflow'>): Agent {
  const { plannerModel, plannerInstructions = '' } = workflow.settings.loopAndEnhance;
  return {
    id: PLANNER_ID,
    name: PLANNER_NAME,
    role: 'planner',
    instructions: plannerInstructions,
    ...(plannerModel === undefined ? {} : { model: plannerModel }),
    inputFiles: [],
    outputFiles: [],
    position: { x: 0, y: 0 },
  };
}

/** The planner is at work, so that a new report has to wait. */
export const isBusy = ({ phase }: AgentState): boolean =>
  phase.kind !== 'settled' && phase.kind !== 'waiting';

/**
 * The provider and run mode of the planner. It runs in the mode of the session, or, if no agent runs in that mode, in the
 * other one.
 */
export function plannerPlacement({
  mode,
  workflow,
}: Pick<SessionState, 'mode' | 'workflow'>): Pick<Agent, 'providerId' | 'runMode'> {
  const { plannerProviderId } = workflow.settings.loopAndEnhance;
  const settings = { ...workflow.settings, runMode: mode };
  const hasAgents = agentsIn(mode, { agents: workflow.agents, settings }).length > 0;
  const runMode = hasAgents ? mode : mode === 'cloud' ? 'local' : 'cloud';
  return { runMode, ...(plannerProviderId === undefined ? {} : { providerId: plannerProviderId }) };
}

/** The proposal of a planner's turn; null until it has been read. */
export function proposalOf(
  { enhance }: Pick<SessionState, 'enhance'>,
  turn: Pick<Proposal, 'attempt' | 'turnId'>,
): Proposal | null {
  const proposal = enhance?.proposal ?? null;
  return proposal?.turnId === turn.turnId && proposal.attempt === turn.attempt ? proposal : null;
}

/** The approval of a proposal that contains a workflow. */
export function approvalOf(
  state: SessionState,
  { attempt, approvalReasons }: Proposal,
): ApprovalStatus | 'not-needed' {
  const { pauseBetweenRounds } = state.workflow.settings.loopAndEnhance;
  if (!pauseBetweenRounds && approvalReasons.length === 0) return 'not-needed';
  const gate = newestGate(state.flow, { connectionId: null, agentId: PLANNER_ID });
  return approvalStatus(gate, attempt);
}

export function editsRejected(note: string | null): Failure & { readonly note?: string } {
  return {
    code: 'edits_rejected',
    message: `Its edits were rejected${note === null ? '.' : `: ${note}`}`,
    suggestion: 'Retry the planner to get other edits, or edit the workflow and run it again.',
    ...(note === null ? {} : { note }),
  };
}

/** The planner is not needed: the round became successful, or no further round may start. */
export const notNeeded: Failure = {
  code: 'not_taken',
  message: 'Not started, because no further round follows.',
};
