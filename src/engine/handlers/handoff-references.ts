import type { EffectOf } from '../../session/effects.ts';
import type { Branch, LifecycleEvent } from '../../session/events.ts';
import type { Attempt } from '../../session/state.ts';
import { MAX_ARTIFACTS } from './collect-artifacts.ts';
import { stateOf, type Task } from './handler.ts';
import { lookUpCommitsOf } from './look-up-commits.ts';

/** The references of a hand-off: branches with their commits, and artifacts. */

export type HandOffTask = Task<EffectOf<'hand-off'>>;

/** Adds commits to branches. Best effort and bounded: commits that git cannot resolve are omitted. */
export async function withCommits(
  task: HandOffTask,
  branches: readonly Branch[],
): Promise<Branch[]> {
  const missing = branches.flatMap(({ repoUrl, branch, commit }) =>
    branch === undefined || commit !== undefined ? [] : [{ repoUrl, ref: branch }],
  );
  const commits = (
    await lookUpCommitsOf(task.context, stateOf(task), missing, task.signal)
  ).values();
  return branches.map((branch) => {
    if (branch.branch === undefined || branch.commit !== undefined) return branch;
    const commit = commits.next().value ?? null;
    return commit === null ? branch : { ...branch, commit };
  });
}

const LISTING_TIMEOUT_MS = 5_000;

/** The artifacts of an agent. Best effort and bounded, so that a slow listing does not delay the hand-off. */
export async function artifactReferences(
  task: HandOffTask,
  attempt: Attempt,
): Promise<{ path: string; sizeBytes: number }[]> {
  const { context, effect } = task;
  const { workflow } = stateOf(task);
  if (!workflow.connections.some(({ source }) => source === effect.agentId)) return [];
  const runtime = context.runtime(attempt.runtime);
  if (!runtime.capabilities.artifacts) return [];
  const listed = await Promise.race([
    runtime.listArtifacts(attempt.threadId),
    context.clock.sleep(LISTING_TIMEOUT_MS, task.signal),
  ]);
  return listed?.ok
    ? listed.value.slice(0, MAX_ARTIFACTS).map(({ path, sizeBytes }) => ({ path, sizeBytes }))
    : [];
}

export function commitEvents(task: HandOffTask, branches: readonly Branch[]): LifecycleEvent[] {
  const commits = branches.flatMap(({ repoUrl, branch, commit }) =>
    branch === undefined || commit === undefined ? [] : { repoUrl, ref: branch, commit },
  );
  const { agentId, attempt } = task.effect;
  return commits.length === 0
    ? []
    : [{ type: 'CommitsRecorded', agentId, attempt, moment: 'result', commits }];
}
