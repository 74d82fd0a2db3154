import type { AgentId } from '../../workflow/ids.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import type { TurnId } from '../ids.ts';
import type { EnhanceEventOf, RoundFailure } from './enhance-events.ts';

/** The progress of Loop & Enhance: the part of the session state that `evolve-enhance.ts` folds. */
export type EnhanceState = {
  /** From 1. */
  readonly round: number;
  readonly rounds: readonly WorkflowRound[];
  /** The user's feedback on the current round. */
  readonly feedback: readonly string[];
  /** The newest proposal of the current round. */
  readonly proposal: Proposal | null;
  readonly ended: EnhanceEnd | null;
  /** Definitions of removed agents, whose work is still shown. */
  readonly formerAgents: readonly Agent[];
};

export type WorkflowRound = {
  readonly number: number;
  readonly openedAt: number;
  /** The agent rounds with which this round of the workflow began, by agent id. */
  readonly firstRounds: Readonly<Record<string, number>>;
  /** The planner's summary of the edits that led to it; null for the first round. */
  readonly summary: string | null;
  readonly report: RoundReport | null;
};

export type RoundReport = {
  /** Counts the reports of a round: after a retry, it is reported again. */
  readonly number: number;
  readonly failures: readonly Pick<RoundFailure, 'agentId' | 'name' | 'reason' | 'attempt'>[];
  readonly feedbackCount: number;
  readonly at: number;
};

/** The failures without their texts, which can be long and stay in the events. */
export const summarizeFailures = (failures: readonly RoundFailure[]): RoundReport['failures'] =>
  failures.map(({ agentId, name, reason, attempt }) => ({
    agentId,
    name,
    reason,
    ...(attempt === undefined ? {} : { attempt }),
  }));

export type Proposal = {
  readonly attempt: number;
  readonly turnId: TurnId;
  readonly summary: string;
  readonly editCount: number;
  /** Null if no useful edit was proposed. */
  readonly workflow: Workflow | null;
  readonly fault: string | null;
  readonly approvalReasons: readonly string[];
  readonly approvalParts?: EnhanceEventOf<'EditsProposed'>['approvalParts'];
};

export type EnhanceEndCause = EnhanceEventOf<'EnhancementEnded'>['cause'];

export type EnhanceEnd = {
  readonly cause: EnhanceEndCause;
  readonly round: number;
  readonly reason: string | null;
  readonly at: number;
};

type AgentRound = { readonly id: AgentId; readonly round: number };

export const newRound = (
  number: number,
  agents: readonly AgentRound[],
  summary: string | null,
  at: number,
): WorkflowRound => ({
  number,
  openedAt: at,
  firstRounds: Object.fromEntries(agents.map(({ id, round }) => [id, round])),
  summary,
  report: null,
});

export function firstEnhanceState(agents: readonly AgentRound[], at: number): EnhanceState {
  return {
    round: 1,
    rounds: [newRound(1, agents, null, at)],
    feedback: [],
    proposal: null,
    ended: null,
    formerAgents: [],
  };
}

export function currentRound({ rounds }: EnhanceState): WorkflowRound | undefined {
  return rounds.at(-1);
}
