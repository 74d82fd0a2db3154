import type { LocalThread, LocalTurn } from '../../runtimes/local/protocol.ts';
import type { ThreadState, TurnPhase, TurnState } from './thread-state.ts';

/** A turn as the daemon sees it. */
export function viewTurn(
  threadId: string,
  turn: TurnState,
  workspace: ThreadState['workspace'],
): LocalTurn {
  const { turnId, createdAt, phase } = turn;
  const cwd = workspace === null ? {} : { cwd: workspace.cwd };
  const named = { threadId, turnId, createdAt, ...cwd };
  if (phase.kind === 'ended') return { ...named, ...phase.ended };
  return { ...named, status: statusOf(phase), branches: branchOf(workspace) };
}

/** Its commit is told when the turn has ended: until then it moves. */
function branchOf(workspace: ThreadState['workspace']): LocalTurn['branches'] {
  if (workspace === null || workspace.repositoryRoot === null || workspace.branch === null)
    return [];
  return [{ repoUrl: workspace.repositoryRoot, branch: workspace.branch }];
}

/** A turn whose work is being committed still runs: its end is told with its commit. */
function statusOf(phase: Exclude<TurnPhase, { kind: 'ended' }>): LocalTurn['status'] {
  return phase.kind === 'accepted' ? 'CREATING' : 'RUNNING';
}

/** A thread as the daemon sees it; null when nothing was accepted for it. */
export function viewThread(state: ThreadState, rssBytes: number | null): LocalThread | null {
  const { start, workspace, turns, isClosed } = state;
  if (start === null) return null;
  return {
    threadId: start.threadId,
    name: start.thread.name,
    createdAt: start.at,
    metadata: start.thread.metadata,
    isClosed,
    ...(state.lastEndedSeq === 0 ? {} : { endedUpTo: state.lastEndedSeq }),
    ...(workspace === null ? {} : { cwd: workspace.cwd }),
    ...(rssBytes === null ? {} : { rssBytes }),
    turns: turns.map((turn) => viewTurn(start.threadId, turn, workspace)).toReversed(),
  };
}
