import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { CommandOf } from '../../session/effects.ts';
import { done, record, type Task, type WorkResult } from './handler.ts';

const TRIES = 5;
/** A pause that Cursor asked for is waited out: it lasts an hour at most, and is tried every five minutes. */
const TRIES_WHILE_PAUSED = 30;
const LATE_MS = 15_000;

/** Usage as Cursor reports it. Unknown stays unknown: it is never shown as zero. Nothing waits for this. */
export async function reportUsage(task: Task<CommandOf<'report-usage'>>): Promise<WorkResult> {
  const { command, context } = task;
  const { agentId, attempt } = command;
  const answer = await context.provider().usage(command.cursorAgentId, command.cursorRunId);
  if (answer.ok) {
    const { chargedCents, ...usage } = answer.value;
    const isSettled = usage.totalTokens > 0 || chargedCents !== undefined;
    // Cursor fills usage in some time after the end of a run.
    if (!isSettled && task.failures + 1 < TRIES) {
      return { kind: 'again', at: context.clock.now() + LATE_MS };
    }
    record(task, {
      type: 'UsageReported',
      agentId,
      attempt,
      cursorRunId: command.cursorRunId,
      state: isSettled ? 'known' : 'pending',
      usage,
      ...(chargedCents === undefined ? {} : { chargedCents }),
    });
    return done;
  }
  const isTransient = answer.error.code === 'unreachable' || answer.error.code === 'rate_limited';
  const most = answer.error.code === 'rate_limited' ? TRIES_WHILE_PAUSED : TRIES;
  if (isTransient && task.failures + 1 < most) {
    const floor = answer.error.retryAfterMs ?? 0;
    const delay = fullJitter(remoteBackoff, task.failures + 1, context.random, floor);
    return { kind: 'again', at: context.clock.now() + delay };
  }
  const { cursorRunId } = command;
  record(task, { type: 'UsageReported', agentId, attempt, cursorRunId, state: 'unavailable' });
  return done;
}
