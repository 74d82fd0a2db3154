import type { HandoffReading } from '../../handoff/read.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Branch, LifecycleEvent } from '../../session/events.ts';
import { agentOf, attemptOf, latestTurn, purposeOf } from '../../session/select.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { Connection } from '../../workflow/schema.ts';
import { composeRepairPrompt } from '../compose/prompt.ts';
import { MOST_ARTIFACTS } from './collect-artifacts.ts';
import { commitsOf } from './commits-of.ts';
import { done, record, stateOf, type Task, type WorkResult } from './handler.ts';

type HandOffTask = Task<EffectOf<'hand-off'>>;

/**
 * Makes the hand-offs of a finished run and settles its agent, in one transaction. A structured hand-off that does
 * not fit its schema is asked for once more in the same thread; after that the agent has failed.
 */
export async function handOff(task: HandOffTask): Promise<WorkResult> {
  const { agentId, attempt: number, round } = task.effect;
  const finished = finishedAttempt(stateOf(task), task);
  if (finished === null) return done;
  const [branches, artifacts] = await Promise.all([
    withCommits(task, finished.branches),
    artifactReferences(task, finished),
  ]);
  const state = stateOf(task);
  const outgoing = state.workflow.connections.filter(({ source }) => source === agentId);
  const outputFiles = state.workflow.agents.find(({ id }) => id === agentId)?.outputFiles ?? [];
  const commits = commitEvents(task, branches);
  const handoffs: LifecycleEvent[] = [];
  for (const connection of outgoing) {
    const read = await contentOf(task, connection, finished);
    if (read.kind !== 'content') {
      const next =
        read.kind === 'unusable'
          ? unusable(task, read)
          : repairOrFail(task, finished, connection, read.mistakes);
      record(task, ...commits, next);
      return done;
    }
    handoffs.push({
      type: 'HandoffStored',
      agentId,
      attempt: number,
      round,
      connectionId: connection.id,
      targetAgentId: connection.target,
      format: connection.handoffFormat,
      content: read.content,
      outputFiles: [...outputFiles],
      branches,
      artifacts,
    });
  }
  const settled = {
    type: 'AgentSettled',
    agentId,
    attempt: number,
    round,
    outcome: 'completed',
  } as const;
  record(task, ...commits, ...handoffs, settled);
  return done;
}

function finishedAttempt(state: SessionState, task: HandOffTask): Attempt | null {
  const agent = agentOf(state, task.effect.agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, task.effect.attempt);
  if (attempt === undefined || latestTurn(attempt)?.ended?.outcome !== 'finished') return null;
  return attempt;
}

/**
 * A repair answers with the JSON alone: it serves the structured hand-offs that the work itself did not fit, and
 * never takes the place of the work.
 */
async function contentOf(
  { context }: HandOffTask,
  connection: Connection,
  attempt: Attempt,
): Promise<HandoffReading> {
  const finished = attempt.turns.filter(({ ended }) => ended?.outcome === 'finished');
  const work = finished.findLast((turn) => purposeOf(attempt, turn) !== 'handoff-repair');
  const repair = finished.findLast((turn) => purposeOf(attempt, turn) === 'handoff-repair');
  const read = await context.handoffs.read(connection, work?.ended?.result ?? '');
  return read.kind !== 'mistakes' || repair === undefined
    ? read
    : context.handoffs.read(connection, repair.ended?.result ?? '');
}

/** Best effort and bounded: a commit that git cannot tell here is left out, never guessed. */
async function withCommits(task: HandOffTask, branches: readonly Branch[]): Promise<Branch[]> {
  const wanted = branches.flatMap(({ repoUrl, branch, commit }) =>
    branch === undefined || commit !== undefined ? [] : [{ repoUrl, ref: branch }],
  );
  const found = (await commitsOf(task.context, stateOf(task), wanted, task.signal)).values();
  return branches.map((branch) => {
    if (branch.branch === undefined || branch.commit !== undefined) return branch;
    const commit = found.next().value ?? null;
    return commit === null ? branch : { ...branch, commit };
  });
}

const LISTING_PATIENCE_MS = 5_000;

/** Best effort and bounded, like the commits: a listing that does not come holds no hand-off back. */
async function artifactReferences(
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
    context.clock.sleep(LISTING_PATIENCE_MS, task.signal),
  ]);
  return listed?.ok
    ? listed.value.slice(0, MOST_ARTIFACTS).map(({ path, sizeBytes }) => ({ path, sizeBytes }))
    : [];
}

function commitEvents(task: HandOffTask, branches: readonly Branch[]): LifecycleEvent[] {
  const commits = branches.flatMap(({ repoUrl, branch, commit }) =>
    branch === undefined || commit === undefined ? [] : { repoUrl, ref: branch, commit },
  );
  const { agentId, attempt } = task.effect;
  return commits.length === 0
    ? []
    : [{ type: 'CommitsRecorded', agentId, attempt, moment: 'result', commits }];
}

/** Another answer would not help, so none is asked for. */
function unusable(
  task: HandOffTask,
  { code, message }: Extract<HandoffReading, { kind: 'unusable' }>,
): LifecycleEvent {
  const suggestion =
    'Simplify the schema of the connection (patterns such as "(a+)+" are the usual cause), then run the workflow again.';
  const { agentId, attempt, round } = task.effect;
  const cause = { code, message, suggestion };
  return { type: 'AgentSettled', agentId, attempt, round, outcome: 'failed', cause };
}

function repairOrFail(
  task: HandOffTask,
  attempt: Attempt,
  connection: Connection,
  mistakes: readonly string[],
): LifecycleEvent {
  const { agentId, round } = task.effect;
  const wasRepaired = attempt.turns.some(({ purpose }) => purpose === 'handoff-repair');
  if (!wasRepaired) {
    return {
      type: 'FollowUpIntended',
      agentId,
      attempt: attempt.number,
      round,
      followUpId: task.context.ids.followUp(),
      purpose: 'handoff-repair',
      prompt: composeRepairPrompt(connection.handoffSchema ?? true, mistakes),
    };
  }
  return {
    type: 'AgentSettled',
    agentId,
    attempt: attempt.number,
    round,
    outcome: 'failed',
    cause: {
      code: 'handoff_invalid',
      message: `The structured hand-off does not match its schema, even after one repair: ${mistakes.join('; ')}.`,
      suggestion: 'Simplify the schema or clarify the instructions, then retry the agent.',
    },
  };
}
