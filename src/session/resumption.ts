import { latestTurn } from './select.ts';
import type { AgentState, Attempt } from './state.ts';

/** How often an attempt is resumed after interruptions. */
const MAX_RESUMPTIONS = 3;

export const mayResume = ({ turns }: Attempt): boolean =>
  turns.filter(({ purpose }) => purpose === 'resume').length < MAX_RESUMPTIONS;

/** Its work was interrupted, and another turn is due that resumes it. Until then, the agent does not count as live. */
export function awaitsResumption({ phase, cancel, attempts }: AgentState): boolean {
  const attempt = attempts.at(-1);
  if (phase.kind !== 'running' || cancel !== null || attempt === undefined) return false;
  return latestTurn(attempt)?.ended?.outcome === 'interrupted' && mayResume(attempt);
}
