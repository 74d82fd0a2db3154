import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { inPlaceWorkspaces } from '../../../testing/local/in-place-workspaces.ts';
import type { TurnEnd } from '../harness/harness.ts';
import type { LogRecord } from '../log/record.ts';
import type { ThreadContext } from './context.ts';
import { finishTurn } from './finish-turn.ts';
import type { ThreadAccess } from './thread-access.ts';
import { emptyThread, evolve, turnOf } from './thread-state.ts';

/** Finishes a turn whose work cannot be committed. */
async function endWithoutCommit(isolation: 'worktree' | 'in-place', end: TurnEnd, cwd = tmpdir()) {
  let state = emptyThread;
  const record = async (...records: readonly LogRecord[]) => {
    for (const one of records) state = evolve(state, { seq: state.lastSeq + 1, record: one });
  };
  const workspace = { agentName: 'Builder', workflowName: 'Shop', isolation };
  await record(
    // Only the fields that `finishTurn` reads.
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
  const error = { code: 'git_failed', message: 'Git cannot write the branch' };
  const workspaces = {
    ...inPlaceWorkspaces(),
    commitTurn: async () => ({ ok: false, error }) as const,
  };
  // Only the members that `finishTurn` uses.
  const context = { workspaces, now: () => 9 } as unknown as ThreadContext;
  const thread = {
    record,
    get state() {
      return state;
    },
  } as unknown as ThreadAccess;
  await finishTurn(context, thread, 't', end);
  const phase = turnOf(state, 't')?.phase;
  return phase?.kind === 'ended' ? phase.ended : null;
}

test('a turn whose work could not be committed fails, because downstream agents would miss the work', async () => {
  const ended = await endWithoutCommit('worktree', { status: 'FINISHED', result: 'Done.' });
  expect(ended).toMatchObject({
    status: 'ERROR',
    result: 'Done.',
    failure: {
      code: 'work_not_committed',
      message: `The work could not be committed: Git cannot write the branch. The files are in ${tmpdir()}.`,
    },
  });
  // The reason is not repeated in the notes.
  expect(ended).not.toHaveProperty('notes');
});

test('the message does not mention a working folder that no longer exists', async () => {
  const ended = await endWithoutCommit('worktree', { status: 'FINISHED' }, '/nowhere/at/all');
  expect(ended?.failure).toEqual({
    code: 'work_not_committed',
    message: 'The work could not be committed: Git cannot write the branch.',
    suggestion: 'Retry the agent.',
  });
});

test('in place, a failed commit is only noted, because the next agent works in the same folder', async () => {
  const ended = await endWithoutCommit('in-place', { status: 'FINISHED' });
  expect(ended).toMatchObject({
    status: 'FINISHED',
    notes: ['The work was not committed: Git cannot write the branch'],
  });
});

test('a cancelled or interrupted turn keeps its own reason', async () => {
  const failure = { code: 'host_died', message: 'It died.' };
  for (const end of [{ status: 'CANCELLED' }, { status: 'INTERRUPTED', failure }] as const)
    expect(await endWithoutCommit('worktree', end)).toMatchObject(end);
});
