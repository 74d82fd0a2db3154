import type { AgentRecord } from '../store/records.ts';
import type { PromptReading } from './prompt.ts';

/**
 * Which try of its work this agent is, for `fail unless attempt N`: a metadata entry whose name ends in
 * "attempt" and whose value is a number, else "attempt N" in the prompt, otherwise the first.
 */
export function attemptOf(agent: AgentRecord, reading: PromptReading): number {
  for (const [key, value] of Object.entries(agent.metadata ?? {})) {
    if (/attempt(_?number)?$/i.test(key) && /^\d{1,4}$/.test(value)) return Number(value);
  }
  return reading.attempt ?? 1;
}
