import type { Command } from '../../session/effects.ts';
import { cancelRun } from './cancel-run.ts';
import { checkEnd } from './check-end.ts';
import { collectArtifacts } from './collect-artifacts.ts';
import { follow } from './follow.ts';
import { handOff } from './hand-off.ts';
import type { Task, WorkResult } from './handler.ts';
import { intendLaunch } from './intend-launch.ts';
import { launch } from './launch.ts';
import { recordBase } from './record-base.ts';
import { reportUsage } from './report-usage.ts';
import { resolveLaunch } from './resolve-launch.ts';
import { scheduleRetry } from './schedule-retry.ts';
import { sendFollowUp } from './send-follow-up.ts';

/** A command that takes time. `record` is carried out by the supervisor itself, at once. */
export type SlowCommand = Exclude<Command, { kind: 'record' }>;

/** Carries a command out by one try. Everything that it finds out is in the journal when it resolves. */
export function carryOut(task: Task<SlowCommand>): Promise<WorkResult> {
  const { command } = task;
  switch (command.kind) {
    case 'intend-launch':
      return intendLaunch({ ...task, command });
    case 'schedule-retry':
      return scheduleRetry({ ...task, command });
    case 'launch':
      return launch({ ...task, command });
    case 'resolve-launch':
      return resolveLaunch({ ...task, command });
    case 'follow':
      return follow({ ...task, command });
    case 'cancel-run':
      return cancelRun({ ...task, command });
    case 'send-follow-up':
      return sendFollowUp({ ...task, command });
    case 'hand-off':
      return handOff({ ...task, command });
    case 'collect-artifacts':
      return collectArtifacts({ ...task, command });
    case 'check-end':
      return checkEnd({ ...task, command });
    case 'report-usage':
      return reportUsage({ ...task, command });
    case 'record-base':
      return recordBase({ ...task, command });
    default:
      return command satisfies never;
  }
}
