import { z } from 'zod';
import { agentId, attempt, connectionId, round, text } from '../events/event-parts.ts';

/**
 * Decisions, approvals and rounds. `agentId` is the agent whose work is decided on: the source of the connection, or the
 * agent that proposed the plan. `round` is the round of that agent.
 */
const about = { agentId, attempt, round };

export const connectionDecided = z.object({
  type: z.literal('ConnectionDecided'),
  ...about,
  connectionId,
  /** For a loop: whether its exit condition holds. */
  holds: z.boolean(),
  reason: text.exactOptional(),
  by: z.enum(['agent', 'expression', 'else', 'person']),
});

/** The agent gave no clear answer, even after it was asked again. The user decides. */
export const decisionUnclear = z.object({
  type: z.literal('DecisionUnclear'),
  ...about,
  connectionId,
  reason: text,
});

export const gateOpened = z.object({
  type: z.literal('GateOpened'),
  ...about,
  gateId: text,
  number: z.int().positive().describe('How often this gate has been opened'),
  /** Absent: the agent's plan. */
  connectionId: connectionId.exactOptional(),
});

export const gateAnswered = z.object({
  type: z.literal('GateAnswered'),
  ...about,
  gateId: text,
  connectionId: connectionId.exactOptional(),
  answer: z.enum(['approve', 'reject', 'changes']),
  note: text.exactOptional(),
  /** Set if the user edited the plan before approving it: the edited plan is carried out. */
  plan: z.object({ proposed: text, edited: text }).exactOptional(),
  by: text.describe('The client in which it was answered'),
});

export const roundOpened = z.object({
  type: z.literal('RoundOpened'),
  agentId,
  connectionId,
  /** The round that the last agent of the loop body begins. */
  round,
  /** Why the loop continues. */
  reason: text.exactOptional(),
});

export const loopEnded = z.object({
  type: z.literal('LoopEnded'),
  agentId,
  connectionId,
  /** The last round of the last agent of the loop body. */
  round,
  cause: z.enum(['condition-met', 'most-rounds', 'cancelled', 'failed', 'rejected', 'not-reached']),
  reason: text.exactOptional(),
});

export type FlowEvent =
  | z.infer<typeof connectionDecided>
  | z.infer<typeof decisionUnclear>
  | z.infer<typeof gateOpened>
  | z.infer<typeof gateAnswered>
  | z.infer<typeof roundOpened>
  | z.infer<typeof loopEnded>;
/** A plan as the agent proposed it, and as the user edited it. */
export type EditedPlan = NonNullable<z.infer<typeof gateAnswered>['plan']>;
export type FlowEventOf<Type extends FlowEvent['type']> = Extract<FlowEvent, { type: Type }>;

export const flowEventTypes = [
  'ConnectionDecided',
  'DecisionUnclear',
  'GateOpened',
  'GateAnswered',
  'RoundOpened',
  'LoopEnded',
] as const satisfies readonly FlowEvent['type'][];
