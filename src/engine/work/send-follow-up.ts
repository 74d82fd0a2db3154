import type { CommandOf } from '../../session/commands.ts';
import type { CursorRunId } from '../../session/ids.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import { fullJitter, remoteBackoff } from '../backoff.ts';
import { failureOf } from '../failure.ts';
import { done, record, stateOf, type Task, type WorkResult } from './work.ts';

/** Delivers a stored follow-up. After a lost answer the run that we do not know yet is the wanted one. */
export async function sendFollowUp(task: Task<CommandOf<'send-follow-up'>>): Promise<WorkResult> {
  const { command, context } = task;
  const { agentId, attempt, followUpId } = command;
  const state = stateOf(task);
  const agent = agentOf(state, agentId);
  const runs = agent === undefined ? [] : (attemptOf(agent, attempt)?.runs ?? []);
  const { mcpServers } = state.workflow.settings;
  const intent = storedIntent(task);
  const outcome = await context.provider().followUp({
    agentId: command.cursorAgentId,
    prompt: intent.prompt,
    knownRunIds: runs.map(({ id }) => id),
    // An earlier try, perhaps of an earlier process, may have arrived although its answer was lost: the provider
    // looks before it sends again.
    mayHaveArrived: task.failures > 0 || intent.at < task.engineStartedAt,
    // Inline servers are not kept across a resume, so they go out again with every follow-up.
    ...(mcpServers.length === 0 ? {} : { mcpServers }),
  });
  switch (outcome.kind) {
    case 'launched':
      record(task, {
        type: 'FollowUpSent',
        agentId,
        attempt,
        followUpId,
        // Checked against Cursor's pattern at the provider's door.
        cursorRunId: outcome.run.runId as CursorRunId,
      });
      return done;
    case 'rejected':
      record(task, {
        type: 'FollowUpRejected',
        agentId,
        attempt,
        followUpId,
        failure: failureOf(outcome.error),
      });
      return done;
    case 'wait':
    case 'unknown': {
      const floor = outcome.error.retryAfterMs ?? 0;
      const delay = fullJitter(remoteBackoff, task.failures + 1, context.random, floor);
      return { kind: 'again', at: context.clock.now() + delay };
    }
    default:
      return outcome satisfies never;
  }
}

function storedIntent(task: Task<CommandOf<'send-follow-up'>>): {
  readonly prompt: string;
  readonly at: number;
} {
  const events = task.context.journal.sessionEvents(task.sessionId, {
    limit: 10_000,
    types: ['FollowUpIntended'],
    agentId: task.command.agentId,
  });
  for (const { event, at } of events) {
    if (event.type === 'FollowUpIntended' && event.followUpId === task.command.followUpId) {
      return { prompt: event.prompt, at };
    }
  }
  throw new Error(`No stored follow-up ${task.command.followUpId}`);
}
