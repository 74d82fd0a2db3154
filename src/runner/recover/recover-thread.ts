import { uptime } from 'node:os';
import type { HostFailure, TurnEnd } from '../harness/harness.ts';
import type { ThreadContext } from '../threads/context.ts';
import type { ThreadAccess } from '../threads/thread-access.ts';
import type { ThreadHost } from '../threads/thread-host.ts';
import { openTurn, type TurnState } from '../threads/thread-state.ts';
import { importHistory } from './import-history.ts';
import { importUnstored } from './import-unstored.ts';

/**
 * Recovers a thread after a crash of its runner: ends the processes that were left, and returns how the open turn
 * ended; null if there was none. Nothing is sent again: a client starts a new turn to resume.
 */
export async function recoverThread(
  context: ThreadContext,
  thread: ThreadAccess,
  host: ThreadHost,
): Promise<TurnEnd | null> {
  await host.end('its runner had ended');
  await importUnstored(thread);
  await importHistory(context, thread);
  const turn = openTurn(thread.state);
  return turn === undefined ? null : endOfTurn(turn, context.now());
}

function endOfTurn({ phase, createdAt }: TurnState, now: number): TurnEnd {
  if (phase.kind === 'closing') return phase.end;
  if (phase.kind !== 'ended' && phase.isCancelled) return { status: 'CANCELLED' };
  const startedAt = phase.kind === 'sent' ? phase.sentAt : createdAt;
  return { status: 'INTERRUPTED', failure: interruptionReason(startedAt, now) };
}

function interruptionReason(startedAt: number, now: number): HostFailure {
  const bootedAt = now - uptime() * 1_000;
  return bootedAt > startedAt
    ? {
        code: 'machine_restarted',
        message: 'This machine was restarted while the agent was working.',
      }
    : {
        code: 'runner_died',
        message: 'The process that runs local agents ended while the agent was working.',
      };
}
