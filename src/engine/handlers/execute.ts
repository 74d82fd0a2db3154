import type { Effect } from '../../session/effects.ts';
import { answerRequest } from './answer-request.ts';
import { cancelRun } from './cancel-run.ts';
import { checkEnd } from './check-end.ts';
import { collectArtifacts } from './collect-artifacts.ts';
import { follow } from './follow.ts';
import { handOff } from './hand-off.ts';
import type { Task, WorkResult } from './handler.ts';
import { intendFollowUp } from './intend-follow-up.ts';
import { intendLaunch } from './intend-launch.ts';
import { intendResume } from './intend-resume.ts';
import { launch } from './launch.ts';
import { readEdits } from './read-edits.ts';
import { recordBase } from './record-base.ts';
import { reportUsage } from './report-usage.ts';
import { resolveLaunch } from './resolve-launch.ts';
import { scheduleRetry } from './schedule-retry.ts';
import { sendFollowUp } from './send-follow-up.ts';

/** An effect that takes time. The supervisor itself carries out `record` effects. */
export type SlowEffect = Exclude<Effect, { kind: 'record' }>;

/** Makes one try to carry out an effect. When it resolves, its results are in the journal. */
export function execute(task: Task<SlowEffect>): Promise<WorkResult> {
  const { effect } = task;
  switch (effect.kind) {
    case 'intend-launch':
      return intendLaunch({ ...task, effect });
    case 'schedule-retry':
      return scheduleRetry({ ...task, effect });
    case 'launch':
      return launch({ ...task, effect });
    case 'resolve-launch':
      return resolveLaunch({ ...task, effect });
    case 'follow':
      return follow({ ...task, effect });
    case 'answer-request':
      return answerRequest({ ...task, effect });
    case 'cancel-run':
      return cancelRun({ ...task, effect });
    case 'intend-follow-up':
      return intendFollowUp({ ...task, effect });
    case 'intend-resume':
      return intendResume({ ...task, effect });
    case 'send-follow-up':
      return sendFollowUp({ ...task, effect });
    case 'hand-off':
      return handOff({ ...task, effect });
    case 'collect-artifacts':
      return collectArtifacts({ ...task, effect });
    case 'check-end':
      return checkEnd({ ...task, effect });
    case 'report-usage':
      return reportUsage({ ...task, effect });
    case 'read-edits':
      return readEdits({ ...task, effect });
    case 'record-base':
      return recordBase({ ...task, effect });
    default:
      return effect satisfies never;
  }
}
