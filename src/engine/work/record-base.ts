import type { CommandOf } from '../../session/commands.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import { done, record, stateOf, type Task, type WorkResult } from './work.ts';

/** Pins down on which commits an attempt began, as far as git on this machine can tell. */
export async function recordBase(task: Task<CommandOf<'record-base'>>): Promise<WorkResult> {
  const { agentId, attempt: number } = task.command;
  const agent = agentOf(stateOf(task), agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const found = await Promise.all(
    (attempt?.repositories ?? []).map(async ({ url, startingRef }) => {
      const commit = await task.context.lookUpCommit(url, startingRef ?? null, task.signal);
      return commit === null ? [] : [{ repoUrl: url, ref: startingRef ?? 'HEAD', commit }];
    }),
  );
  record(task, {
    type: 'CommitsRecorded',
    agentId,
    attempt: number,
    moment: 'base',
    commits: found.flat(),
  });
  return done;
}
