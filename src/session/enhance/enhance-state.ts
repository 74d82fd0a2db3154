import type { AgentId } from '../../workflow/ids.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import type { TurnId } from '../ids.ts';
import type { EnhanceEventOf, RoundFailure } from './enhance-events.ts';

/** How far Loop & Enhance is in a session: part of its state, made from events. */
export type EnhanceState = {
  /** From 1. */
  readonly round: number;
  readonly rounds: readonly WorkflowRound[];
  /** Feedback from the user about the present round. */
  readonly feedback: readonly string[];
  /** The newest of the present round. */
  readonly proposal: Proposal | null;
  readonly ended: EnhanceEnd | null;
  /** As they were when they were taken out of the workflow: their work stays, and keeps its name. */
  readonly formerAgents: readonly Agent[];
};

export type WorkflowRound = {
  readonly number: number;
  readonly openedAt: number;
  /** By agent, the round of its own with which it began: loops make further ones. */
  readonly firstRounds: Readonly<Record<string, number>>;
  /** What led to it, in the planner's words; null for the first. */
  readonly summary: string | null;
  readonly report: RoundReport | null;
};

export type RoundReport = {
  /** A retry can change what there is to report. */
  readonly number: number;
  readonly failures: readonly Pick<RoundFailure, 'agentId' | 'name' | 'reason' | 'attempt'>[];
  readonly feedbackCount: number;
  readonly at: number;
};

/** What of the failures is kept in the state; their texts can be long. */
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
  /** Null: nothing useful was proposed. */
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

type Due = { readonly id: AgentId; readonly round: number };

export const newRound = (
  number: number,
  agents: readonly Due[],
  summary: string | null,
  at: number,
): WorkflowRound => ({
  number,
  openedAt: at,
  firstRounds: Object.fromEntries(agents.map(({ id, round }) => [id, round])),
  summary,
  report: null,
});

export function firstEnhanceState(agents: readonly Due[], at: number): EnhanceState {
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
