import type { AgentRecord } from '../store/records.ts';
import type { ParsedPrompt } from './prompt.ts';

/**
 * The number of the attempt, for `fail unless attempt N`: from a metadata entry whose name ends in "attempt", otherwise
 * from "attempt N" in the prompt, otherwise 1.
 */
export function attemptOf(agent: AgentRecord, parsedPrompt: ParsedPrompt): number {
  for (const [key, value] of Object.entries(agent.metadata ?? {})) {
    if (/attempt(_?number)?$/i.test(key) && /^\d{1,4}$/.test(value)) return Number(value);
  }
  return parsedPrompt.attempt ?? 1;
}
