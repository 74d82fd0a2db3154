import type { EffectOf } from '../../src/session/effects.ts';
import type { Branch, LifecycleEvent, RunOutcome } from '../../src/session/events.ts';
import type { Choices } from './choices.ts';
import { failure } from './sample-events.ts';

type Subject = Pick<EffectOf<'follow'>, 'agentId' | 'attempt'>;
type RunSubject = Pick<EffectOf<'follow'>, 'agentId' | 'attempt' | 'turnId'>;

/** A run always works on the same branch, and its pull request appears late, as on Cursor. */
export function branchesOf({ agentId, attempt }: Subject, hasPullRequest: boolean): Branch[] {
  const branch = `cursor/${agentId}-${attempt}`;
  const prUrl = `https://github.com/acme/shop/pull/${agentId}-${attempt}`;
  return [{ repoUrl: 'https://github.com/acme/shop', branch, ...(hasPullRequest && { prUrl }) }];
}

export function runEnded(
  { agentId, attempt, turnId }: RunSubject,
  outcome: RunOutcome,
  { choices }: { readonly choices: Choices },
): LifecycleEvent {
  const isUnconfirmed = outcome === 'finished' && choices.isOneIn(6);
  return {
    type: 'RunEnded',
    agentId,
    attempt,
    turnId,
    outcome,
    ...(isUnconfirmed ? { isUnconfirmed } : {}),
    ...(outcome === 'finished' ? { result: 'Done.' } : {}),
    branches: outcome === 'finished' ? branchesOf({ agentId, attempt }, true) : [],
    ...(outcome === 'error' ? { failure: failure('run_failed') } : {}),
    source: outcome === 'silent' ? 'none' : choices.pick('stream', 'record'),
    whileAway: choices.isOneIn(5),
  };
}

export function runAlive(
  { agentId, attempt, turnId }: RunSubject,
  { choices }: { readonly choices: Choices },
): LifecycleEvent {
  return {
    type: 'RunObserved',
    agentId,
    attempt,
    turnId,
    status: choices.pick('RUNNING', 'CREATING'),
    branches: choices.pick([], branchesOf({ agentId, attempt }, choices.isOneIn(2))),
    source: choices.pick('stream', 'record'),
  };
}
