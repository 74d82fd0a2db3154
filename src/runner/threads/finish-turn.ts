import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asSentence } from '../../lib/as-sentence.ts';
import type { TurnEnd } from '../harness/harness.ts';
import { type Ended, itemRecord } from '../log/record.ts';
import type { Workspace, WorkspaceFailure } from '../workspace-port.ts';
import type { ThreadContext } from './context.ts';
import type { ThreadShell } from './thread-shell.ts';
import {
  HOST_DEATHS,
  openRequestsOf,
  type ThreadState,
  type TurnState,
  turnOf,
} from './thread-state.ts';
import { noticeOf } from './unfinished-calls.ts';

/** Maximum number of hosts of a thread that may die in a row. After that, another try would not fix the problem. */
const MAX_HOST_DEATHS = 3;

/**
 * The last steps of every turn, however it ended, and whether this runner or the one before it saw that: tells what may
 * have been half done, commits the work, and says how the turn ended. It can be begun again after a crash.
 */
export async function finishTurn(
  context: ThreadContext,
  shell: ThreadShell,
  turnId: string,
  end: TurnEnd,
): Promise<void> {
  const turn = turnOf(shell.state, turnId);
  if (turn === undefined || turn.phase.kind === 'ended') return;
  if (turn.phase.kind !== 'closing') {
    const at = context.now();
    const told = end.status === 'INTERRUPTED' ? turn.openCalls.map(noticeOf) : [];
    await shell.record(
      ...told.map((item) => itemRecord(turnId, item)),
      ...openRequestsOf(turn).map(({ request: { requestId } }) => {
        const reason = 'The turn ended before it was answered.';
        return { type: 'request-withdrawn' as const, at, turnId, requestId, reason };
      }),
      { type: 'host-ended', at, turnId, end },
    );
  }
  const { failure, notes, ...work } = await commitWork(context, shell.state);
  const final = lost(end, failure);
  // What the end itself says is not said twice.
  const told = final !== end || notes === undefined ? {} : { notes };
  const ended = endedOf(context, shell, turn, final, { ...work, ...told });
  await shell.record({ type: 'ended', at: context.now(), turnId, ended });
}

type Work = Pick<Ended, 'branches' | 'baseCommits' | 'notes'> & {
  /** Why no one else can have the work, although it is there. */
  readonly failure?: TurnEnd['failure'];
};

/** The agents after it would start from something else than what it has done: that is no success. */
function lost(end: TurnEnd, failure: TurnEnd['failure']): TurnEnd {
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
    // In place the next agent works in the same folder, whatever git says.
    ...(answer.ok || isolation === 'in-place'
      ? {}
      : { failure: notCommitted(workspace, answer.error) }),
    ...baseOf(workspace),
    ...(notes.length === 0 ? {} : { notes: [...notes] }),
  };
}

function notCommitted({ cwd }: Workspace, { message }: WorkspaceFailure): TurnEnd['failure'] {
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

/** Without changes the branch stays where it was. */
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

function endedOf(
  context: ThreadContext,
  shell: ThreadShell,
  turn: TurnState,
  end: TurnEnd,
  work: Work,
): Ended {
  const isInterrupted = end.status === 'INTERRUPTED';
  const stopped = isInterrupted ? crashLoop(context, shell, end) : null;
  return {
    ...end,
    ...(stopped === null ? {} : { status: 'ERROR', failure: stopped }),
    ...(isInterrupted && turn.openCalls.length > 0 ? { unfinishedCalls: [...turn.openCalls] } : {}),
    ...work,
  };
}

/** An interrupted turn is taken up again by itself; one whose host dies each time must not be. */
function crashLoop(
  context: ThreadContext,
  { state, folder }: ThreadShell,
  { failure }: TurnEnd,
): TurnEnd['failure'] | null {
  const isDeath = HOST_DEATHS.has(failure?.code ?? '');
  if (!isDeath || state.hostDeaths + 1 < MAX_HOST_DEATHS) return null;
  const harness = state.start?.thread.harness;
  // A process that several threads share has one log for all of them.
  const isShared = harness !== undefined && context.hostProgram(harness).isShared;
  const logFolder = isShared ? join(context.harnessFiles, harness) : folder;
  return {
    code: 'host_crash_loop',
    message: `The agent's process ended ${MAX_HOST_DEATHS} times in a row, so it is not started again. Most recently: ${failure?.message ?? ''}`,
    suggestion: `See ${join(logFolder, 'host.log')} for the cause, then retry the agent.`,
  };
}
