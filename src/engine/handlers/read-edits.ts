import type { EffectOf } from '../../session/effects.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { agentOf, attemptOf, purposeOf } from '../../session/select.ts';
import type { Attempt, Turn } from '../../session/state.ts';
import { composeEditsRepairPrompt } from '../compose/planner-prompt.ts';
import { done, record, stateOf, type Task, type WorkResult } from './handler.ts';
import { lastMessage } from './last-message.ts';
import { validateEdits } from './validate-edits.ts';

type EditsTask = Task<EffectOf<'read-edits'>>;

/**
 * Reads and validates the planner's proposal. If it is invalid, the planner is asked once more in the same thread, with the
 * mistakes; after that, the planner has failed. The edits are not applied here.
 */
export async function readEdits(task: EditsTask): Promise<WorkResult> {
  const { agentId, attempt: number, round, turnId } = task.effect;
  const agent = agentOf(stateOf(task), agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const turn = attempt?.turns.find(({ id }) => id === turnId);
  if (attempt === undefined || turn === undefined) return done;
  const message =
    turn.ended?.result ??
    lastMessage(task.context.journal, task.sessionId, { agentId, turnId }) ??
    '';
  const validated = await validateEdits(task, message);
  const about = { agentId, attempt: number, round } as const;
  if (validated.kind === 'proposal') {
    const { kind: _, ...proposal } = validated;
    record(task, { type: 'EditsProposed', ...about, turnId, ...proposal });
  } else if (wasRepaired(attempt, turn)) {
    record(task, unusable(about, validated.mistakes));
  } else {
    const followUpId = task.context.ids.followUp();
    const prompt = composeEditsRepairPrompt(validated.mistakes);
    record(task, {
      type: 'FollowUpIntended',
      ...about,
      followUpId,
      purpose: 'handoff-repair',
      prompt,
    });
  }
  return done;
}

/** Each proposal is repaired at most once, including one that the user requested. */
const wasRepaired = (attempt: Attempt, turn: Turn): boolean =>
  purposeOf(attempt, turn) === 'handoff-repair';

function unusable(
  about: Pick<EditsTask['effect'], 'agentId' | 'attempt' | 'round'>,
  mistakes: readonly string[],
): LifecycleEvent {
  const cause = {
    code: 'edits_invalid',
    message: `The planner proposed edits that cannot be used, even after one repair: ${mistakes.join(' ')}`,
    suggestion: 'Edit the workflow and run it again, or retry the planner.',
  };
  return { type: 'AgentSettled', ...about, outcome: 'failed', cause };
}
