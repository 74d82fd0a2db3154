import type { EffectOf } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { launchRequest, variableNames } from '../compose/request.ts';
import { stateOf, type Task, type WorkResult } from './handler.ts';
import { launchWithVariables } from './launch-with-variables.ts';
import { recordLaunch } from './record-launch.ts';

/**
 * One try to create the attempt's agent on Cursor. The request carries the id of the stored intent, so that
 * repeating it after a lost answer, or after a crash, can only ever find the same agent.
 */
export async function launch(task: Task<EffectOf<'launch'>>): Promise<WorkResult> {
  const { effect, context } = task;
  const state = stateOf(task);
  const intent = storedIntent(task, effect);
  const agent = state.workflow.agents.find(({ id }) => id === effect.agentId);
  if (intent === undefined || agent === undefined) {
    throw new Error(`No stored intent for attempt ${effect.attempt} of ${effect.agentId}`);
  }
  if (variableNames(state).length > 0) return launchWithVariables(task, agent, intent);
  const outcome = await context.runtime(effect.runtime).launch(launchRequest(state, agent, intent));
  return recordLaunch(task, outcome);
}

function storedIntent(
  task: Task<unknown>,
  subject: Pick<EffectOf<'launch'>, 'agentId' | 'attempt'>,
): SessionEventOf<'LaunchIntended'> | undefined {
  return task.context.journal
    .sessionEvents(task.sessionId, {
      limit: 1_000,
      types: ['LaunchIntended'],
      agentId: subject.agentId,
    })
    .map(({ event }) => event)
    .find((event) => event.type === 'LaunchIntended' && event.attempt === subject.attempt) as
    | SessionEventOf<'LaunchIntended'>
    | undefined; // `find` has checked the type; it cannot narrow through `map`.
}
