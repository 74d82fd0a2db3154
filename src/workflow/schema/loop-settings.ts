import { z } from 'zod';
import { agentIdSchema } from '../ids.ts';

/** An agent that repeats its own work, in one thread, until the exit condition holds. */
export const agentLoopSchema = z.looseObject({
  /** In plain words; the agent decides whether it holds. */
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
  /** For all rounds and the planner together. It binds where a provider reports money. */
  budgetUsd: z.number().nonnegative().default(5),
  /** The same in tokens, which every provider reports. */
  budgetTokens: z.int().min(1).exactOptional(),
  /** `lenient`: what still fails may be meant, such as a skipped agent. */
  strictness: z.enum(['strict', 'lenient']).default('strict'),
  pauseBetweenRounds: z.boolean().default(false),
  plannerProviderId: z.string().exactOptional(),
  plannerModel: z.string().exactOptional(),
  /** What the planner is told next to its task. */
  plannerInstructions: z.string().exactOptional(),
  /** Whose verdict counts; absent: that of reviewers and testers. */
  verifiers: z.array(agentIdSchema).exactOptional(),
  /** In which threads the agents work in a further round; `same` when absent. */
  threads: z.enum(['same', 'fresh']).exactOptional(),
});

export type AgentLoop = z.infer<typeof agentLoopSchema>;
