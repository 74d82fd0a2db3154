import type { RemoteArtifact } from '../../providers/port.ts';
import type { CommandOf } from '../../session/commands.ts';
import type { SessionEventOf, StoredArtifact } from '../../session/events.ts';
import { fullJitter, remoteBackoff } from '../backoff.ts';
import { failureOf } from '../failure.ts';
import { done, type Recorder, record, type Task, type WorkResult } from './work.ts';

type CollectTask = Recorder &
  Pick<Task<Omit<CommandOf<'collect-artifacts'>, 'kind'>>, 'command' | 'failures'>;

/** Listing fails this often before the artifacts count as unavailable; Refetch asks again at any time. */
const TRIES = 6;

/** Brings the artifacts of a completed attempt to disk, or, where nobody was there when it ended, only names them. */
export async function collectArtifacts(task: CollectTask): Promise<WorkResult> {
  const { command, context } = task;
  const listed = await context.provider().listArtifacts(command.cursorAgentId);
  if (!listed.ok) {
    if (task.failures + 1 < TRIES) {
      const floor = listed.error.retryAfterMs ?? 0;
      const delay = fullJitter(remoteBackoff, task.failures + 1, context.random, floor);
      return { kind: 'again', at: context.clock.now() + delay };
    }
    record(task, { ...report(command), state: 'unavailable', failure: failureOf(listed.error) });
    return done;
  }
  if (listed.value.length === 0) {
    record(task, { ...report(command), state: 'none' });
    return done;
  }
  if (command.purpose === 'offer') {
    record(task, { ...report(command), state: 'offered', artifacts: listed.value.map(unfetched) });
    return done;
  }
  const artifacts = await fetchAll(task, listed.value);
  const isComplete = artifacts.every(({ error }) => error === undefined);
  record(task, {
    ...report(command),
    state: isComplete ? 'complete' : 'incomplete',
    artifacts: [...artifacts],
  });
  return done;
}

function report(
  command: Pick<CollectTask['command'], 'agentId' | 'attempt'>,
): Omit<SessionEventOf<'ArtifactsReported'>, 'state'> {
  const { agentId, attempt } = command;
  return { type: 'ArtifactsReported', agentId, attempt, artifacts: [] };
}

function unfetched({ path, sizeBytes, updatedAt }: RemoteArtifact): StoredArtifact {
  return { path, sizeBytes, ...(updatedAt === undefined ? {} : { updatedAt }) };
}

function fetchAll(
  task: CollectTask,
  list: readonly RemoteArtifact[],
): Promise<readonly StoredArtifact[]> {
  const { command, context, sessionId, signal } = task;
  return context.fetchArtifacts({
    sessionId,
    agentId: command.agentId,
    attempt: command.attempt,
    list,
    linkFor: (path) => context.provider().artifactLink(command.cursorAgentId, path),
    signal,
  });
}
