import type { EffectOf } from '../../session/effects.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import { done, record, stateOf, type Task, type WorkResult } from './handler.ts';
import { lookUpCommitsOf } from './look-up-commits.ts';

/** Pins down on which commits an attempt began, as far as git on this machine can tell. */
export async function recordBase(task: Task<EffectOf<'record-base'>>): Promise<WorkResult> {
  const { agentId, attempt: number } = task.effect;
  const agent = agentOf(stateOf(task), agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const wanted = (attempt?.repositories ?? []).map(({ url, startingRef }) => ({
    repoUrl: url,
    ref: startingRef ?? null,
  }));
  const found = await lookUpCommitsOf(task.context, stateOf(task), wanted, task.signal);
  const commits = wanted.flatMap(({ repoUrl, ref }, index) => {
    const commit = found[index] ?? null;
    return commit === null ? [] : [{ repoUrl, ref: ref ?? 'HEAD', commit }];
  });
  record(task, {
    type: 'CommitsRecorded',
    agentId,
    attempt: number,
    moment: 'base',
    commits,
  });
  return done;
}
