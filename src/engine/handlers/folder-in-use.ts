import { foldersOverlap } from '../../lib/folders.ts';
import type { Failure } from '../../session/events.ts';
import { agentOf, isLive } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';

/**
 * Why an agent that works in the folder itself has to wait: another one is at work in it, of whichever session. Null when
 * the folder is free, and for agents with worktrees of their own.
 */
export function folderInUse(
  { journal }: Pick<EngineContext, 'journal'>,
  state: SessionState,
  agentId: AgentId,
): Failure | null {
  const { local } = state;
  if (local?.isolation !== 'in-place') return null;
  const self = agentOf(state, agentId);
  for (const row of journal.liveAttempts('this-machine')) {
    if (row.sessionId === state.id && row.agentId === agentId) continue;
    const its = requireSession(journal, row.sessionId);
    const other = agentOf(its, row.agentId);
    if (other === undefined || its.local?.isolation !== 'in-place') continue;
    if (!foldersOverlap(its.local.folder, local.folder) || !goesFirst(other, self)) continue;
    return {
      code: 'folder_busy',
      message: `Another agent is working in ${its.local.folder}. This one starts as soon as that one has finished.`,
    };
  }
  return null;
}

/** Of two messages that wait for the folder, the older one goes first: else each would wait for the other. */
function goesFirst(other: AgentState, self: AgentState | undefined): boolean {
  if (!isLive(other)) return false;
  if (other.phase.kind !== 'following-up' || self?.phase.kind !== 'following-up') return true;
  return other.changedAt === self.changedAt ? other.id < self.id : other.changedAt < self.changedAt;
}
