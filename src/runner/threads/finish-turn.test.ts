import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { folderAsItIs } from '../../../testing/local/folder-as-it-is.ts';
import type { TurnEnd } from '../harness/harness.ts';
import type { LogRecord } from '../log/record.ts';
import type { ThreadContext } from './context.ts';
import { finishTurn } from './finish-turn.ts';
import type { ThreadShell } from './thread-shell.ts';
import { emptyThread, evolve, turnOf } from './thread-state.ts';

/** A turn in a working folder, whose work git refuses to commit. */
async function endWithoutCommit(isolation: 'worktree' | 'in-place', end: TurnEnd, cwd = tmpdir()) {
  let state = emptyThread;
  const record = async (...records: readonly LogRecord[]) => {
    for (const one of records) state = evolve(state, { seq: state.lastSeq + 1, record: one });
  };
  const workspace = { agentName: 'Builder', workflowName: 'Shop', isolation };
  await record(
    // As much of a thread as its end reads.
    { type: 'thread', at: 1, threadId: 'agent-1', thread: { workspace } } as unknown as LogRecord,
    { type: 'turn', at: 1, turnId: 't', requestHash: 'h', prompt: 'Do it.' },
    {
      type: 'workspace',
      at: 1,
      turnId: 't',
      workspace: {
        cwd,
        repositoryRoot: '/shop',
        branch: 'cerevisor/builder',
        baseCommit: 'base',
        snapshotCommit: null,
        notices: [],
        conflicts: [],
      },
    },
    { type: 'sent', at: 2, turnId: 't' },
  );
  const refusal = { code: 'git_failed', message: 'Git cannot write the branch' };
  const workspaces = {
    ...folderAsItIs(),
    commitTurn: async () => ({ ok: false, error: refusal }) as const,
  };
  // Only what the end of a turn touches.
  const context = { workspaces, now: () => 9 } as unknown as ThreadContext;
  const shell = {
    record,
    get state() {
      return state;
    },
  } as unknown as ThreadShell;
  await finishTurn(context, shell, 't', end);
  const phase = turnOf(state, 't')?.phase;
  return phase?.kind === 'ended' ? phase.ended : null;
}

test('work that could not be committed is no success: the agents after it would miss it', async () => {
  const ended = await endWithoutCommit('worktree', { status: 'FINISHED', result: 'Done.' });
  expect(ended).toMatchObject({
    status: 'ERROR',
    result: 'Done.',
    failure: {
      code: 'work_not_committed',
      message: `The work could not be committed: Git cannot write the branch. The files are in ${tmpdir()}.`,
    },
  });
  // Why is said once.
  expect(ended).not.toHaveProperty('notes');
});

test('where the working folder is gone, nobody is told that the files are in it', async () => {
  const ended = await endWithoutCommit('worktree', { status: 'FINISHED' }, '/nowhere/at/all');
  expect(ended?.failure).toEqual({
    code: 'work_not_committed',
    message: 'The work could not be committed: Git cannot write the branch.',
    suggestion: 'Retry the agent.',
  });
});

test('in place the files are where the next agent works, so that it is only told', async () => {
  const ended = await endWithoutCommit('in-place', { status: 'FINISHED' });
  expect(ended).toMatchObject({
    status: 'FINISHED',
    notes: ['The work was not committed: Git cannot write the branch'],
  });
});

test('a turn that ended otherwise keeps its own reason', async () => {
  const failure = { code: 'host_died', message: 'It died.' };
  for (const end of [{ status: 'CANCELLED' }, { status: 'INTERRUPTED', failure }] as const)
    expect(await endWithoutCommit('worktree', end)).toMatchObject(end);
});
