import { z } from 'zod';
import { agentIdSchema } from '../ids.ts';

/** The own loop of an agent, which repeats its work in one thread until the exit condition holds. */
export const agentLoopSchema = z.looseObject({
  /** In words; the agent decides whether it holds. */
  exitCondition: z.string().default(''),
  /** The prompt of each further round; by default, it asks the agent to continue. */
  promptTemplate: z.string().exactOptional(),
  /** Total rounds; `DEFAULT_ROUNDS` if absent. */
  maxIterations: z.int().min(1).exactOptional(),
});

/** Rounds of the whole workflow: failures are reported, a planner edits the workflow, and the next round runs. */
export const loopAndEnhanceSchema = z.looseObject({
  enabled: z.boolean().default(false),
  maxRounds: z.int().min(1).default(3),
  /** For all rounds and the planner. Effective only if a provider reports costs. */
  budgetUsd: z.number().nonnegative().default(5),
  /** The limit in tokens, which every provider reports. */
  budgetTokens: z.int().min(1).exactOptional(),
  /** `lenient`: ignores failures that may be intended, such as a skipped agent. */
  strictness: z.enum(['strict', 'lenient']).default('strict'),
  pauseBetweenRounds: z.boolean().default(false),
  plannerProviderId: z.string().exactOptional(),
  plannerModel: z.string().exactOptional(),
  /** Additional instructions for the planner. */
  plannerInstructions: z.string().exactOptional(),
  /** Agents whose verdict counts; by default, reviewers and testers. */
  verifiers: z.array(agentIdSchema).exactOptional(),
  /** Whether agents continue their threads in a further round; `same` if absent. */
  threads: z.enum(['same', 'fresh']).exactOptional(),
});

export type AgentLoop = z.infer<typeof agentLoopSchema>;
