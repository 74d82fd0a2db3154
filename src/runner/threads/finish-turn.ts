import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asSentence } from '../../lib/as-sentence.ts';
import type { TurnEnd } from '../harness/harness.ts';
import { type Ended, itemRecord } from '../log/record.ts';
import type { Workspace, WorkspaceFailure } from '../workspace-port.ts';
import type { ThreadContext } from './context.ts';
import type { ThreadAccess } from './thread-access.ts';
import {
  HOST_CRASH_CODES,
  openRequestsOf,
  type ThreadState,
  type TurnState,
  turnOf,
  unfinishedCallsOf,
} from './thread-state.ts';
import { unfinishedCallNotice } from './unfinished-calls.ts';

/** Maximum number of consecutive crashes of a thread's host. After that, another attempt would not help. */
const MAX_HOST_CRASHES = 3;

/**
 * The last steps of every turn, whether it ended normally, was crashLoop or is being recovered: records unfinished calls,
 * withdraws open requests, commits the work and records the end. Can be repeated after a crash.
 */
export async function finishTurn(
  context: ThreadContext,
  thread: ThreadAccess,
  turnId: string,
  end: TurnEnd,
): Promise<void> {
  const turn = turnOf(thread.state, turnId);
  if (turn === undefined || turn.phase.kind === 'ended') return;
  if (turn.phase.kind !== 'closing') {
    const at = context.now();
    const unfinished = end.status === 'INTERRUPTED' ? unfinishedCallsOf(turn) : [];
    const notices = unfinished.map(unfinishedCallNotice);
    await thread.record(
      ...notices.map((item) => itemRecord(turnId, item)),
      ...openRequestsOf(turn).map(({ request: { requestId } }) => {
        const reason = 'The turn ended before it was answered.';
        return { type: 'request-withdrawn' as const, at, turnId, requestId, reason };
      }),
      { type: 'host-ended', at, turnId, end },
    );
  }
  const { failure, notes, ...work } = await commitWork(context, thread.state);
  const final = withCommitFailure(end, failure);
  // If the commit failure becomes the turn's failure, it is not repeated in the notes.
  const remainingNotes = final !== end || notes === undefined ? {} : { notes };
  const ended: Ended = {
    ...final,
    ...interruptionOf(context, thread, turn, final),
    ...work,
    ...remainingNotes,
  };
  await thread.record({ type: 'ended', at: context.now(), turnId, ended });
}

type Work = Pick<Ended, 'branches' | 'baseCommits' | 'notes'> & {
  /** Set if the work exists but could not be committed. */
  readonly failure?: TurnEnd['failure'];
};

/** A turn without a commit is no success: downstream agents would not start from its work. */
function withCommitFailure(end: TurnEnd, failure: TurnEnd['failure']): TurnEnd {
  if (failure === undefined || end.status !== 'FINISHED') return end;
  return { ...end, status: 'ERROR', failure };
}

async function commitWork(context: ThreadContext, state: ThreadState): Promise<Work> {
  const { start, workspace } = state;
  if (start === null || workspace === null) return { branches: [] };
  const { agentName, workflowName } = start.thread.workspace;
  const answer = await context.workspaces.commitTurn(
    workspace,
    `Work of ${agentName} in ${workflowName}`,
  );
  const committed = answer.ok ? answer.value?.commit : undefined;
  const commit = committed ?? lastCommit(state);
  const notes = answer.ok
    ? (answer.value?.notices ?? [])
    : [`The work was not committed: ${answer.error.message}`];
  const { isolation } = start.thread.workspace;
  return {
    branches: branchesOf(workspace, commit),
    // In place, the next agent works in the same folder, with or without a commit.
    ...(answer.ok || isolation === 'in-place'
      ? {}
      : { failure: commitFailure(workspace, answer.error) }),
    ...baseOf(workspace),
    ...(notes.length === 0 ? {} : { notes: [...notes] }),
  };
}

function commitFailure({ cwd }: Workspace, { message }: WorkspaceFailure): TurnEnd['failure'] {
  const code = 'work_not_committed';
  const what = `The work could not be committed: ${asSentence(message)}`;
  if (!existsSync(cwd)) return { code, message: what, suggestion: 'Retry the agent.' };
  return {
    code,
    message: `${what} The files are in ${cwd}.`,
    suggestion:
      'Fix what the message names, then send the agent a follow-up: its work is committed at the end of each turn.',
  };
}

/** The commit of the branch when the turn changed nothing. */
function lastCommit({ turns, workspace }: ThreadState): string | undefined {
  const commits = turns.flatMap(({ phase }) =>
    phase.kind === 'ended' ? phase.ended.branches.map(({ commit }) => commit) : [],
  );
  const known = commits.findLast((commit) => commit !== undefined);
  return known ?? workspace?.baseCommit ?? undefined;
}

function branchesOf(workspace: Workspace, commit: string | undefined): Ended['branches'] {
  const { repositoryRoot, branch } = workspace;
  if (repositoryRoot === null || branch === null) return [];
  return [{ repoUrl: repositoryRoot, branch, ...(commit === undefined ? {} : { commit }) }];
}

function baseOf({ repositoryRoot, baseCommit }: Workspace): Pick<Ended, 'baseCommits'> {
  if (repositoryRoot === null || baseCommit === null) return {};
  return { baseCommits: [{ repoUrl: repositoryRoot, ref: 'HEAD', commit: baseCommit }] };
}

/** What an interruption adds to the end of a turn. */
function interruptionOf(
  context: ThreadContext,
  thread: ThreadAccess,
  turn: TurnState,
  end: TurnEnd,
): Partial<Ended> {
  if (end.status !== 'INTERRUPTED') return {};
  const unfinishedCalls = [...unfinishedCallsOf(turn)];
  const crashLoop = crashLoopFailure(context, thread, end);
  return {
    ...(crashLoop === null ? {} : { status: 'ERROR', failure: crashLoop }),
    ...(unfinishedCalls.length > 0 ? { unfinishedCalls } : {}),
  };
}

/**
 * Null unless the host crashes repeatedly. An interrupted turn is resumed automatically, which must not go on forever.
 */
function crashLoopFailure(
  context: ThreadContext,
  { state, folder }: ThreadAccess,
  { failure }: TurnEnd,
): TurnEnd['failure'] | null {
  const isCrash = HOST_CRASH_CODES.has(failure?.code ?? '');
  if (!isCrash || state.hostCrashes + 1 < MAX_HOST_CRASHES) return null;
  const harness = state.start?.thread.harness;
  // A shared process has one log for all of its threads.
  const isShared = harness !== undefined && context.hostProgram(harness).isShared;
  const logFolder = isShared ? join(context.harnessFiles, harness) : folder;
  return {
    code: 'host_crash_loop',
    message: `The agent's process ended ${MAX_HOST_CRASHES} times in a row, so it is not started again. Most recently: ${failure?.message ?? ''}`,
    suggestion: `See ${join(logFolder, 'host.log')} for the cause, then retry the agent.`,
  };
}
