import type { Branch, SessionEventOf } from './events.ts';
import type { CursorRunId } from './ids.ts';
import type { Attempt, Run } from './state.ts';

/** Events that speak about one attempt after its launch. */
export type AttemptEvent = SessionEventOf<
  | 'ConnectionChanged'
  | 'RunObserved'
  | 'RunEnded'
  | 'StreamGap'
  | 'StreamEnded'
  | 'ArtifactsReported'
  | 'UsageReported'
  | 'CommitsRecorded'
>;

/** Folds an event into its attempt. Facts that came before (a reconnect repeats them) change nothing. */
export function evolveAttempt(attempt: Attempt, event: AttemptEvent, at: number): Attempt {
  switch (event.type) {
    case 'ConnectionChanged':
      return changeConnection(attempt, event, at);
    case 'RunObserved':
      return observeRun(attempt, event);
    case 'RunEnded':
      return endRun(attempt, event, at);
    case 'StreamGap':
      return attempt;
    case 'StreamEnded':
      return withRun(attempt, event.cursorRunId, (run) =>
        run.stream === 'open'
          ? { ...run, stream: event.complete ? 'complete' : 'incomplete' }
          : run,
      );
    case 'ArtifactsReported':
      return {
        ...attempt,
        artifacts: {
          state: event.state,
          files: event.artifacts,
          failure: event.failure ?? null,
        },
      };
    case 'UsageReported':
      return {
        ...attempt,
        usage: {
          state: event.state,
          usage: event.usage ?? null,
          chargedCents: event.chargedCents ?? null,
        },
      };
    case 'CommitsRecorded':
      return recordCommits(attempt, event);
    default:
      return event satisfies never;
  }
}

function changeConnection(
  attempt: Attempt,
  event: SessionEventOf<'ConnectionChanged'>,
  at: number,
): Attempt {
  const reason = event.reason ?? null;
  const { kind, reason: known } = attempt.connection;
  if (kind === event.connection && known === reason) return attempt;
  const failure = event.failure ?? null;
  return { ...attempt, connection: { kind: event.connection, reason, failure, at } };
}

function observeRun(attempt: Attempt, event: SessionEventOf<'RunObserved'>): Attempt {
  const observed = withRun(attempt, event.cursorRunId, (run) => {
    const isAlive = event.status === 'CREATING' || event.status === 'RUNNING';
    if (run.ended !== null) {
      // Cursor confirms that a run lives which we had given up: the conclusion was wrong, the run is not over.
      const wasGivenUp = run.ended.outcome === 'silent' || run.ended.outcome === 'gone';
      return wasGivenUp && isAlive
        ? { ...run, status: event.status, ended: null, stream: 'open' }
        : run;
    }
    return isAlive && run.status !== event.status ? { ...run, status: event.status } : run;
  });
  return withBranches(observed, event.branches);
}

function endRun(attempt: Attempt, event: SessionEventOf<'RunEnded'>, at: number): Attempt {
  const isConclusion = event.outcome === 'silent' || event.outcome === 'gone';
  const ended = withRun(attempt, event.cursorRunId, (run) => {
    const wasConclusion = run.ended?.outcome === 'silent' || run.ended?.outcome === 'gone';
    if (run.ended !== null && (isConclusion || !wasConclusion)) return run;
    return {
      ...run,
      // A run that was given up is not read any further; one that did end still has its stream to be read.
      stream: isConclusion ? 'incomplete' : wasConclusion ? 'open' : run.stream,
      ended: {
        outcome: event.outcome,
        result: event.result ?? null,
        durationMs: event.durationMs ?? null,
        failure: event.failure ?? null,
        source: event.source,
        whileAway: event.whileAway,
        at,
      },
    };
  });
  return ended === attempt ? attempt : withBranches(ended, event.branches);
}

function recordCommits(attempt: Attempt, event: SessionEventOf<'CommitsRecorded'>): Attempt {
  if (event.moment === 'base') {
    return attempt.baseCommits === null ? { ...attempt, baseCommits: event.commits } : attempt;
  }
  const branches = attempt.branches.map((branch) => {
    const found = event.commits.find(
      ({ repoUrl, ref }) => repoUrl === branch.repoUrl && ref === branch.branch,
    );
    return found === undefined || found.commit === branch.commit
      ? branch
      : { ...branch, commit: found.commit };
  });
  return branches.every((branch, index) => branch === attempt.branches[index])
    ? attempt
    : { ...attempt, branches };
}

function withRun(attempt: Attempt, id: CursorRunId, change: (run: Run) => Run): Attempt {
  const before = attempt.runs.find((run) => run.id === id);
  if (before === undefined) return attempt;
  const after = change(before);
  return after === before
    ? attempt
    : { ...attempt, runs: attempt.runs.map((run) => (run === before ? after : run)) };
}

/** Cursor reports branches of the agent, whole, once there are any; a known commit of the same branch is kept. */
function withBranches(attempt: Attempt, reported: readonly Branch[]): Attempt {
  if (reported.length === 0) return attempt;
  const branches = reported.map((branch) => {
    const known = attempt.branches.find(
      (other) => other.repoUrl === branch.repoUrl && other.branch === branch.branch,
    );
    return known?.commit === undefined ? branch : { commit: known.commit, ...branch };
  });
  return JSON.stringify(branches) === JSON.stringify(attempt.branches)
    ? attempt
    : { ...attempt, branches };
}
