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
  const common = { threadId, turnId, createdAt, ...cwd };
  if (phase.kind === 'ended') return { ...common, ...phase.ended };
  return { ...common, status: statusOf(phase), branches: branchOf(workspace) };
}

/** Without the commit, which is only known at the end of the turn. */
function branchOf(workspace: ThreadState['workspace']): LocalTurn['branches'] {
  if (workspace === null || workspace.repositoryRoot === null || workspace.branch === null)
    return [];
  return [{ repoUrl: workspace.repositoryRoot, branch: workspace.branch }];
}

/** A turn whose work is being committed counts as running: its end is reported together with its commit. */
function statusOf(phase: Exclude<TurnPhase, { kind: 'ended' }>): LocalTurn['status'] {
  return phase.kind === 'accepted' ? 'CREATING' : 'RUNNING';
}

/** A thread as the daemon sees it; null before its first request was accepted. */
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
