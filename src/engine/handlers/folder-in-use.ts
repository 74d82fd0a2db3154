import { foldersOverlap } from '../../lib/folders.ts';
import type { Failure } from '../../session/events.ts';
import { agentOf, isLive } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';

/**
 * Why an agent that works in place has to wait: another agent, of any session, is working in the same folder. Null if the
 * folder is free, and for agents with their own worktrees.
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
    const session = requireSession(journal, row.sessionId);
    const other = agentOf(session, row.agentId);
    if (other === undefined || session.local?.isolation !== 'in-place') continue;
    if (!foldersOverlap(session.local.folder, local.folder) || !goesFirst(other, self)) continue;
    return {
      code: 'folder_busy',
      message: `Another agent is working in ${session.local.folder}. This one starts as soon as that one has finished.`,
    };
  }
  return null;
}

/** Of two messages that wait for the folder, the older one goes first. Otherwise, each would wait for the other. */
function goesFirst(other: AgentState, self: AgentState | undefined): boolean {
  if (!isLive(other)) return false;
  if (other.phase.kind !== 'following-up' || self?.phase.kind !== 'following-up') return true;
  return other.changedAt === self.changedAt ? other.id < self.id : other.changedAt < self.changedAt;
}
