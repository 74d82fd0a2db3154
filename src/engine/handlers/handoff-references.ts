import type { EffectOf } from '../../session/effects.ts';
import type { Branch, LifecycleEvent } from '../../session/events.ts';
import type { Attempt } from '../../session/state.ts';
import { MAX_ARTIFACTS } from './collect-artifacts.ts';
import { stateOf, type Task } from './handler.ts';
import { lookUpCommitsOf } from './look-up-commits.ts';

/** What a hand-off names next to its content: branches with their commits, and artifacts. */

export type HandOffTask = Task<EffectOf<'hand-off'>>;

/** Best effort and bounded: a commit that git cannot tell here is left out, never guessed. */
export async function withCommits(
  task: HandOffTask,
  branches: readonly Branch[],
): Promise<Branch[]> {
  const missing = branches.flatMap(({ repoUrl, branch, commit }) =>
    branch === undefined || commit !== undefined ? [] : [{ repoUrl, ref: branch }],
  );
  const found = (await lookUpCommitsOf(task.context, stateOf(task), missing, task.signal)).values();
  return branches.map((branch) => {
    if (branch.branch === undefined || branch.commit !== undefined) return branch;
    const commit = found.next().value ?? null;
    return commit === null ? branch : { ...branch, commit };
  });
}

const LISTING_TIMEOUT_MS = 5_000;

/** Best effort and bounded, like the commits: a listing that does not come holds no hand-off back. */
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
