import { uptime } from 'node:os';
import type { HostFailure, TurnEnd } from '../harness/harness.ts';
import type { ThreadContext } from '../threads/context.ts';
import type { ThreadHost } from '../threads/thread-host.ts';
import type { ThreadShell } from '../threads/thread-shell.ts';
import { openTurn, type TurnState } from '../threads/thread-state.ts';
import { readBack } from './read-back.ts';
import { takeUnstored } from './take-unstored.ts';

/**
 * What a runner that died left behind: processes, which are ended first, and perhaps a turn, whose end this answers
 * with. Nothing is sent again: going on is a new turn, and whoever wants it asks for it.
 */
export async function recoverThread(
  context: ThreadContext,
  shell: ThreadShell,
  host: ThreadHost,
): Promise<TurnEnd | null> {
  await host.end('its runner had ended');
  await takeUnstored(shell);
  await readBack(context, shell);
  const turn = openTurn(shell.state);
  return turn === undefined ? null : endOf(turn, context.now());
}

function endOf({ phase, createdAt }: TurnState, now: number): TurnEnd {
  if (phase.kind === 'closing') return phase.end;
  if (phase.kind !== 'ended' && phase.isCancelled) return { status: 'CANCELLED' };
  const began = phase.kind === 'sent' ? phase.sentAt : createdAt;
  return { status: 'INTERRUPTED', failure: reasonOf(began, now) };
}

function reasonOf(began: number, now: number): HostFailure {
  const startedAt = now - uptime() * 1_000;
  return startedAt > began
    ? {
        code: 'machine_restarted',
        message: 'This machine was restarted while the agent was working.',
      }
    : {
        code: 'runner_died',
        message: 'The process that runs local agents ended while the agent was working.',
      };
}
