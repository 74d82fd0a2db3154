import { z } from '@hono/zod-openapi';
import { instant } from './instant.ts';
import { agentStatuses } from './statuses.ts';

/* The flow of a session: connections, loops, rounds and plans. */

/** A connection with its state in the current round of its source. */
export const connectionViewSchema = z.object({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  flowType: z.enum(['always', 'conditional', 'approval-gate', 'loop']).default('always'),
  label: z.string().nullable().default(null),
  state: z
    .enum(['pending', 'awaiting-approval', 'taken', 'not-taken', 'blocked'])
    .default('pending'),
  reason: z
    .string()
    .nullable()
    .default(null)
    .describe('Why it is in this state, in a sentence; null if the state is self-explanatory'),
  decision: z
    .object({
      holds: z.boolean().nullable().describe('Null: you have to decide'),
      reason: z.string().nullable(),
      by: z.enum(['agent', 'expression', 'else', 'person']).nullable(),
      round: z.number(),
      at: instant,
    })
    .nullable()
    .default(null),
  /** The newest answer at its gate. */
  approval: z
    .object({
      answer: z.enum(['approve', 'reject', 'changes']),
      note: z.string().nullable(),
      by: z.string(),
      round: z.number(),
      at: instant,
    })
    .nullable()
    .default(null),
});

export type ConnectionView = z.infer<typeof connectionViewSchema>;

export const loopViewSchema = z.object({
  id: z.string().describe("Id of its connection; `loop:AGENT` for an agent's own loop"),
  agentIds: z.array(z.string()).describe('The agents that work again in each round'),
  round: z.number(),
  mostRounds: z.number(),
  state: z.enum(['running', 'undecided', 'unclear', 'continues', 'ended']),
  cause: z
    .enum(['condition-met', 'most-rounds', 'cancelled', 'failed', 'rejected', 'not-reached'])
    .nullable(),
  reason: z.string().nullable(),
});
export type LoopView = z.infer<typeof loopViewSchema>;

/** One activation of an agent that a loop repeats, with its newest attempt. */
export const roundViewSchema = z.object({
  agentId: z.string(),
  number: z.number().describe("Number of this agent's activation, from 1"),
  workflowRound: z.number().default(1).describe('Of Loop & Enhance'),
  round: z.number().describe('Of the innermost loop around the agent'),
  rounds: z.number().describe('Maximum number of rounds of that loop'),
  attempt: z.number().nullable().describe('Null if it was not started in this round'),
  attempts: z.number(),
  status: z.enum(agentStatuses),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  firstSeq: z
    .number()
    .nullable()
    .describe('`seq` of its first event; the round extends to the start of the next one'),
  cause: z.string().nullable().describe('Why it did not succeed or was not started'),
  freshThread: z
    .string()
    .nullable()
    .describe('Why it did not continue the conversation of the previous round'),
});
export type RoundView = z.infer<typeof roundViewSchema>;

/** A plan that an agent proposed before its work, with the user's answer and edits. */
export const planViewSchema = z
  .object({
    agentId: z.string(),
    gateId: z.string().describe('Id of its question'),
    attempt: z.number(),
    round: z.number(),
    proposed: z.string().describe('Markdown'),
    edited: z.string().nullable().describe('As the person changed it; null: as it was proposed'),
    answer: z.enum(['approve', 'reject', 'changes']).nullable().describe('Null: it waits for one'),
    note: z.string().nullable(),
    by: z.string().nullable().describe('The client in which it was answered'),
    askedAt: instant,
    answeredAt: instant.nullable(),
  })
  .openapi('Plan');
export type PlanView = z.infer<typeof planViewSchema>;
