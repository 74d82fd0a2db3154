import { z } from 'zod';

/** An agent that repeats its own work, in one thread, until the exit condition holds. */
export const agentLoopSchema = z.looseObject({
  /** In plain words; the agent itself decides whether it holds. */
  exitCondition: z.string().default(''),
  /** What the agent is told in each further round; the default asks it to continue. */
  promptTemplate: z.string().exactOptional(),
  /** Rounds in all; `DEFAULT_ROUNDS` when absent. */
  maxIterations: z.int().min(1).exactOptional(),
});

/** Rounds over the whole workflow: what failed is reported, a planner edits the workflow, the next round runs. */
export const loopAndEnhanceSchema = z.looseObject({
  enabled: z.boolean().default(false),
  maxRounds: z.int().min(1).default(3),
  /** For all rounds and the calls of the planner together. */
  budgetUsd: z.number().nonnegative().default(5),
  /** `lenient`: what still fails may be meant, such as a skipped agent. */
  strictness: z.enum(['strict', 'lenient']).default('strict'),
  pauseBetweenRounds: z.boolean().default(false),
  plannerProviderId: z.string().exactOptional(),
  plannerModel: z.string().exactOptional(),
});

export type AgentLoop = z.infer<typeof agentLoopSchema>;
export type LoopAndEnhance = z.infer<typeof loopAndEnhanceSchema>;
