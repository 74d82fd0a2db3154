import type { AppendGuard } from '../../journal/types.ts';
import type { Failure } from '../../session/events.ts';
import { type RunLocation, usedSlots } from '../../session/run-location.ts';
import { agentOf } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { waitingLocalAttempts } from '../waiting-attempts.ts';

/**
 * Why an agent has to wait: the limit across all sessions is reached. Null if a slot is free. `reserved`: slots for
 * interrupted agents of the session, which are resumed before others start.
 */
export function limitReached(
  context: Pick<EngineContext, 'journal' | 'maxLiveCloudAttempts' | 'maxLiveLocalAttempts'>,
  location: RunLocation,
  { liveCloudAttempts, liveLocalAttempts }: Parameters<AppendGuard>[0],
  does: 'starts' | 'continues',
  reserved = 0,
): Failure | null {
  const [live, limit, kind, where] =
    location === 'cloud'
      ? ([liveCloudAttempts, context.maxLiveCloudAttempts(), 'cloud ', ''] as const)
      : ([liveLocalAttempts, context.maxLiveLocalAttempts(), '', ' on this machine'] as const);
  if (live + reserved < limit) return null;
  const waiting = location === 'cloud' ? 0 : waitingLocalAttempts(context.journal);
  const used = usedSlots({ live, waiting }, limit);
  if (used + reserved < limit) return null;
  if (used < limit)
    return {
      code: 'concurrency_limit',
      message: `Interrupted agents are resumed first. This one ${does} as soon as a slot is free.`,
    };
  const agents = limit === 1 ? `1 ${kind}agent is` : `${limit} ${kind}agents are`;
  return {
    code: 'concurrency_limit',
    message: `${agents} running${where}, which is the limit. This one ${does} as soon as a slot is free.`,
  };
}

/** The reason is already stored, so that the same one is not stored at each try. */
export function isKnownToWait(
  state: SessionState,
  id: AgentId,
  { code, message }: Failure,
): boolean {
  const phase = agentOf(state, id)?.phase;
  const known = phase?.kind === 'waiting' || phase?.kind === 'running' ? phase.deferred : null;
  return (
    known?.reason === 'concurrency' &&
    known.failure?.code === code &&
    known.failure.message === message
  );
}
