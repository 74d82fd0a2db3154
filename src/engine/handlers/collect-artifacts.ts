import { fullJitter, remoteBackoff } from '../../lib/backoff.ts';
import type { RemoteArtifact } from '../../runtimes/port.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Failure, SessionEventOf, StoredArtifact } from '../../session/events.ts';
import { agentOf, attemptOf } from '../../session/select.ts';
import { failureOf } from '../failure.ts';
import {
  done,
  type Recorder,
  record,
  retryAt,
  stateOf,
  type Task,
  type WorkResult,
} from './handler.ts';

type CollectTask = Recorder &
  Pick<Task<Omit<EffectOf<'collect-artifacts'>, 'kind'>>, 'effect' | 'failures'> & {
    /** Overrides how often listing is tried. */
    readonly maxTries?: number;
  };

/** After this many failed listings, the artifacts count as unavailable. The user can refetch them at any time. */
const MAX_TRIES = 6;
/** Cursor lists at most 100. */
export const MAX_ARTIFACTS = 1000;
/** Waits for the end of a pause that Cursor requested, which lasts at most an hour, with a try every five minutes. */
const MAX_TRIES_WHILE_PAUSED = 30;

/**
 * Downloads the artifacts of a completed attempt. If the run ended while Cerevisor was not following it, they are only
 * listed.
 */
export async function collectArtifacts(task: CollectTask): Promise<WorkResult> {
  const { effect, context } = task;
  const runtime = context.runtime(effect.runtime);
  if (!runtime.capabilities.artifacts) {
    record(task, { ...report(effect), state: 'none' });
    return done;
  }
  const listed = await runtime.listArtifacts(effect.threadId);
  if (!listed.ok) {
    const defaultTries = listed.error.code === 'rate_limited' ? MAX_TRIES_WHILE_PAUSED : MAX_TRIES;
    if (task.failures + 1 < (task.maxTries ?? defaultTries)) {
      const floor = listed.error.retryAfterMs ?? 0;
      const delay = fullJitter(remoteBackoff, task.failures + 1, context.random, floor);
      return retryAt(context.clock.now() + delay);
    }
    record(task, { ...report(effect), state: 'unavailable', failure: failureOf(listed.error) });
    return done;
  }
  if (listed.value.length === 0) {
    record(task, { ...report(effect), state: 'none' });
    return done;
  }
  const list = listed.value.slice(0, MAX_ARTIFACTS);
  const overflow = overflowOf(listed.value.length);
  if (effect.purpose === 'offer') {
    const failure = overflow === null ? {} : { failure: overflow };
    record(task, {
      ...report(effect),
      state: 'offered',
      artifacts: list.map(unfetched),
      ...failure,
    });
    return done;
  }
  const { artifacts, earlier } = await fetchAll(task, list);
  const isComplete = artifacts.every(({ error }) => error === undefined);
  record(task, {
    ...report(effect),
    state: isComplete && overflow === null ? 'complete' : 'incomplete',
    artifacts: [...artifacts],
    earlier: [...earlier],
    ...(overflow === null ? {} : { failure: overflow }),
  });
  return done;
}

function report(
  effect: Pick<CollectTask['effect'], 'agentId' | 'attempt'>,
): Omit<SessionEventOf<'ArtifactsReported'>, 'state'> {
  const { agentId, attempt } = effect;
  return { type: 'ArtifactsReported', agentId, attempt, artifacts: [] };
}

function unfetched({ path, sizeBytes, updatedAt }: RemoteArtifact): StoredArtifact {
  return { path, sizeBytes, ...(updatedAt === undefined ? {} : { updatedAt }) };
}

/** Bounds the size of the event. */
function overflowOf(count: number): Failure | null {
  if (count <= MAX_ARTIFACTS) return null;
  return {
    code: 'too_many',
    message: `The agent produced ${count} artifacts; only the first ${MAX_ARTIFACTS} are kept on this machine.`,
    suggestion: 'Let the agent combine them into fewer files.',
  };
}

function fetchAll(task: CollectTask, list: readonly RemoteArtifact[]) {
  const { effect, context, sessionId, signal } = task;
  const agent = agentOf(stateOf(task), effect.agentId);
  const turns = (agent && attemptOf(agent, effect.attempt)?.turns) ?? [];
  return context.fetchArtifacts({
    sessionId,
    agentId: effect.agentId,
    attempt: effect.attempt,
    turn: Math.max(1, turns.filter(({ ended }) => ended !== null).length),
    list,
    linkFor: (path) => context.runtime(effect.runtime).artifactLink(effect.threadId, path),
    signal,
  });
}
