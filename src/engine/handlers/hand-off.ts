import type { HandoffReading } from '../../handoff/read.ts';
import { outgoing } from '../../session/conditions.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { agentOf, attemptOf, purposeOf, workOf } from '../../session/select.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { Connection } from '../../workflow/schema.ts';
import { repairSchema } from '../compose/output-schema.ts';
import { composeRepairPrompt } from '../compose/prompt.ts';
import { done, record, stateOf, type WorkResult } from './handler.ts';
import {
  artifactReferences,
  commitEvents,
  type HandOffTask,
  withCommits,
} from './handoff-references.ts';
import { evaluateCondition, isNotTaken, readConditions } from './read-conditions.ts';

/**
 * Creates the hand-offs of finished work, stores the agent's decisions about conditions, and settles the agent, in one
 * transaction. A structured hand-off that does not match its schema, and a missing or unclear decision, are each asked
 * for once more in the same thread. After that, the agent has failed or a person decides.
 */
export async function handOff(task: HandOffTask): Promise<WorkResult> {
  const { agentId, attempt: number, round } = task.effect;
  const about = { agentId, attempt: number, round } as const;
  const attempt = finishedAttempt(stateOf(task), task);
  if (attempt === null) return done;
  const [branches, artifacts] = await Promise.all([
    withCommits(task, attempt.branches),
    artifactReferences(task, attempt),
  ]);
  const commits = commitEvents(task, branches);
  const decided = await readConditions(task, attempt);
  if (decided.kind === 'ask') {
    const followUpId = task.context.ids.followUp();
    const { prompt, outputSchema } = decided;
    const ask = { ...about, followUpId, purpose: 'decision', prompt, outputSchema } as const;
    record(task, ...commits, { type: 'FollowUpIntended', ...ask });
    return done;
  }
  const state = stateOf(task);
  const outputFiles = state.workflow.agents.find(({ id }) => id === agentId)?.outputFiles ?? [];
  const holds = new Map(decided.holds);
  const decisions: LifecycleEvent[] = [...decided.events];
  const handoffs: LifecycleEvent[] = [];
  for (const connection of outgoing(state, agentId)) {
    if (isNotTaken(state, connection, holds)) continue;
    const read = await contentOf(task, connection, attempt, decided.rest);
    if (read.kind !== 'content') {
      const next =
        read.kind === 'unusable'
          ? unusable(task, read)
          : repairOrFail(task, attempt, connection, read.mistakes);
      record(task, ...commits, next);
      return done;
    }
    const evaluated = await evaluateCondition(task, connection, read.content);
    if (evaluated !== null) {
      decisions.push(evaluated);
      if (evaluated.type === 'ConnectionDecided') holds.set(connection.id, evaluated.holds);
      if (isNotTaken(state, connection, holds)) continue;
    }
    handoffs.push({
      type: 'HandoffStored',
      ...about,
      connectionId: connection.id,
      targetAgentId: connection.target,
      format: connection.handoffFormat,
      content: read.content,
      outputFiles: [...outputFiles],
      branches,
      artifacts,
    });
  }
  const settled = { type: 'AgentSettled', ...about, outcome: 'completed' } as const;
  record(task, ...commits, ...decisions, ...handoffs, settled);
  return done;
}

function finishedAttempt(state: SessionState, task: HandOffTask): Attempt | null {
  const agent = agentOf(state, task.effect.agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, task.effect.attempt);
  return attempt === undefined || workOf(attempt) === undefined ? null : attempt;
}

/**
 * The content of a hand-off. A repair contains only the JSON, so it is used only for structured hand-offs that the work
 * itself does not match. `rest`: the work's last message without its decisions.
 */
async function contentOf(
  { context }: HandOffTask,
  connection: Connection,
  attempt: Attempt,
  rest: string,
): Promise<HandoffReading> {
  const repair = attempt.turns.findLast(
    (turn) => turn.ended?.outcome === 'finished' && purposeOf(attempt, turn) === 'handoff-repair',
  );
  const read = await context.handoffs.read(connection, rest);
  return read.kind !== 'mistakes' || repair === undefined
    ? read
    : context.handoffs.read(connection, repair.ended?.result ?? '');
}

/** The schema itself is unusable, so a repair would not help. */
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
      ...repairSchema(connection),
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
