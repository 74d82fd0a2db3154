import { z } from 'zod';
import { agentId, attempt, connectionId, round, text } from '../events/event-parts.ts';

/**
 * What was decided about the way that a session goes. `agentId` is whose work it was decided on: the source of the
 * connection, or the agent that proposed the plan. `round` is the round of that agent.
 */
const about = { agentId, attempt, round };

export const connectionDecided = z.object({
  type: z.literal('ConnectionDecided'),
  ...about,
  connectionId,
  /** Of a loop: whether its exit condition holds. */
  holds: z.boolean(),
  reason: text.exactOptional(),
  by: z.enum(['agent', 'expression', 'else', 'person']),
});

/** The agent was asked, again too, and what it said cannot be read as an answer. A person decides. */
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
  number: z.int().positive().describe('How often this gate has opened by now'),
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
  /** Of a plan that was edited before it was approved: the edited one is carried out. */
  plan: z.object({ proposed: text, edited: text }).exactOptional(),
  by: text.describe('The client in which it was answered'),
});

export const roundOpened = z.object({
  type: z.literal('RoundOpened'),
  agentId,
  connectionId,
  /** The one that the last agent of the loop begins. */
  round,
  /** Why the loop continues. */
  reason: text.exactOptional(),
});

export const loopEnded = z.object({
  type: z.literal('LoopEnded'),
  agentId,
  connectionId,
  /** The last one of its last agent. */
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
/** A plan as the agent proposed it, and as the person changed it. */
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
