import type { EffectOf } from '../../session/effects.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import { done, record, stateOf, type Task, type WorkResult } from './handler.ts';
import { lookUpCommitsOf } from './look-up-commits.ts';

/** Records the commits that an attempt started from, as far as git can resolve them. */
export async function recordBase(task: Task<EffectOf<'record-base'>>): Promise<WorkResult> {
  const { agentId, attempt: number } = task.effect;
  const agent = agentOf(stateOf(task), agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const refs = (attempt?.repositories ?? []).map(({ url, startingRef }) => ({
    repoUrl: url,
    ref: startingRef ?? null,
  }));
  const known = await lookUpCommitsOf(task.context, stateOf(task), refs, task.signal);
  const commits = refs.flatMap(({ repoUrl, ref }, index) => {
    const commit = known[index] ?? null;
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
