import type { Branch, SessionEventOf, StoredArtifact } from '../events.ts';
import type { TurnId } from '../ids.ts';
import {
  evolveRequests,
  type ToolRequestEvent,
  withoutRequests,
} from '../requests/tool-requests.ts';
import { isGivenUp, latestTurn } from '../select.ts';
import type { Attempt, Turn, TurnEnding } from '../state.ts';

/** Events that speak about one attempt after its launch. */
export type AttemptEvent = SessionEventOf<
  | 'ConnectionChanged'
  | 'RunObserved'
  | 'RunEnded'
  | 'EndChecked'
  | 'StreamGap'
  | 'StreamEnded'
  | 'ArtifactsReported'
  | 'UsageReported'
  | 'CommitsRecorded'
  | ToolRequestEvent['type']
>;

/** Folds an event into its attempt. Facts that came before (a reconnect repeats them) change nothing. */
export function evolveAttempt(attempt: Attempt, event: AttemptEvent, at: number): Attempt {
  switch (event.type) {
    case 'ConnectionChanged':
      return changeConnection(attempt, event, at);
    case 'RunObserved':
      return observeTurn(attempt, event);
    case 'RunEnded':
      return endTurn(attempt, event, at);
    case 'EndChecked':
      return checkEnd(attempt, event);
    case 'StreamGap':
      return attempt;
    case 'StreamEnded':
      return withTurn(attempt, event.turnId, (turn) =>
        turn.stream === 'open'
          ? { ...turn, stream: event.complete ? 'complete' : 'incomplete' }
          : turn,
      );
    case 'ArtifactsReported':
      return reportArtifacts(attempt, event);
    case 'UsageReported':
      return reportUsage(attempt, event);
    case 'CommitsRecorded':
      return recordCommits(attempt, event);
    case 'ToolRequested':
    case 'ToolRequestAnswered':
    case 'ToolAnswerDelivered':
    case 'ToolRequestWithdrawn':
      return evolveRequests(attempt, event, at);
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

/** What is on disk stays known: a report that brought nothing does not replace one that brought files. */
function reportArtifacts(attempt: Attempt, event: SessionEventOf<'ArtifactsReported'>): Attempt {
  const { state } = attempt.artifacts;
  const isFetched = state === 'complete' || state === 'incomplete';
  const bringsFiles = event.state === 'complete' || event.state === 'incomplete';
  if (isFetched && !bringsFiles) return attempt;
  const earlier = event.earlier ?? stillOnDisk(attempt.artifacts, event.artifacts);
  const artifacts = {
    state: event.state,
    files: event.artifacts,
    ...(earlier.length === 0 && event.earlier === undefined ? {} : { earlier }),
    failure: event.failure ?? null,
  };
  return { ...attempt, artifacts };
}

/** A report that does not mention earlier files moved none: what is on disk under other names is still there. */
function stillOnDisk(
  { files, earlier = [] }: Attempt['artifacts'],
  newest: readonly StoredArtifact[],
): readonly StoredArtifact[] {
  const names = new Set(newest.flatMap(({ file }) => file ?? []));
  return [...earlier, ...files].filter(({ file }) => file !== undefined && !names.has(file));
}

/** Usage comes late and in parts; what was once known is not forgotten for an answer that knows less. */
function reportUsage(attempt: Attempt, event: SessionEventOf<'UsageReported'>): Attempt {
  const runId = event.turnId ?? latestTurn(attempt)?.id;
  if (runId === undefined) return attempt;
  return withTurn(attempt, runId, (turn) => {
    const known = turn.usage?.state === 'known' ? turn.usage : null;
    if (known !== null && event.state !== 'known') return turn;
    const usage = {
      state: event.state,
      usage: event.usage ?? known?.usage ?? null,
      chargedCents: event.chargedCents ?? known?.chargedCents ?? null,
    };
    return { ...turn, usage };
  });
}

function observeTurn(attempt: Attempt, event: SessionEventOf<'RunObserved'>): Attempt {
  const observed = withTurn(attempt, event.turnId, (turn) => {
    const isAlive = event.status === 'CREATING' || event.status === 'RUNNING';
    if (!isAlive) return turn;
    // A record can lag behind the stream: a run that was seen running is not being created anymore.
    const status = turn.status === 'RUNNING' ? turn.status : event.status;
    if (turn.ended === null) return turn.status === status ? turn : { ...turn, status };
    // Cursor confirms that a run lives which we had given up: the conclusion was wrong, the run is not over.
    return isGivenUp(turn) && turn === latestTurn(attempt)
      ? { ...turn, status, ended: null, stream: 'open' }
      : turn;
  });
  return withBranches(withFolder(observed, event.folder), event.branches);
}

const withFolder = (attempt: Attempt, folder: string | undefined): Attempt =>
  folder === undefined || folder === attempt.folder ? attempt : { ...attempt, folder };

function endTurn(attempt: Attempt, event: SessionEventOf<'RunEnded'>, at: number): Attempt {
  const isConclusion = event.outcome === 'silent' || event.outcome === 'gone';
  const ended = withTurn(attempt, event.turnId, (turn) => {
    const wasConclusion = isGivenUp(turn);
    if (turn.ended !== null && (isConclusion || !wasConclusion)) return turn;
    return {
      ...turn,
      stream: isConclusion ? givenUpStream(turn) : wasConclusion ? 'open' : turn.stream,
      ended: {
        outcome: event.outcome,
        result: event.result ?? null,
        durationMs: event.durationMs ?? null,
        failure: event.failure ?? null,
        source: event.source,
        whileAway: event.whileAway,
        at: Math.max(at, turn.startedAt),
        check: event.isUnconfirmed === true ? 'open' : null,
      },
    };
  });
  return ended === attempt
    ? attempt
    : withoutRequests(withBranches(withFolder(ended, event.folder), event.branches), event.turnId);
}

/** The end stands as the stream told it; that the record says something else is kept next to it. */
function checkEnd(attempt: Attempt, event: SessionEventOf<'EndChecked'>): Attempt {
  const checked = withTurn(attempt, event.turnId, (turn) => {
    const { ended } = turn;
    if (ended === null || (ended.check !== 'open' && ended.check !== 'unanswered')) return turn;
    const check = checkOf(ended.outcome, event.status);
    const result = ended.result ?? event.result ?? null;
    const durationMs = ended.durationMs ?? event.durationMs ?? null;
    return { ...turn, ended: { ...ended, check, result, durationMs } };
  });
  return checked === attempt ? attempt : withBranches(checked, event.branches);
}

function checkOf(
  outcome: TurnEnding['outcome'],
  status: SessionEventOf<'EndChecked'>['status'],
): TurnEnding['check'] {
  if (status === 'CREATING' || status === 'RUNNING') return 'unanswered';
  return status.toLowerCase() === outcome ? 'confirmed' : 'contradicted';
}

/** A run that was given up is not read any further; if it did end after all, its stream is opened again. */
function givenUpStream(turn: Turn): Turn['stream'] {
  return turn.stream === 'open' ? 'incomplete' : turn.stream;
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

function withTurn(attempt: Attempt, id: TurnId, change: (turn: Turn) => Turn): Attempt {
  const before = attempt.turns.find((turn) => turn.id === id);
  if (before === undefined) return attempt;
  const after = change(before);
  return after === before
    ? attempt
    : { ...attempt, turns: attempt.turns.map((turn) => (turn === before ? after : turn)) };
}

/**
 * Cursor reports the branches of an agent, whole for each repository, once there are any. A record that lags behind
 * names fewer repositories, no branch yet or no pull request yet: what is known is kept then.
 */
function withBranches(attempt: Attempt, reported: readonly Branch[]): Attempt {
  const isNamed = ({ branch }: Branch) => branch !== undefined;
  const kept = attempt.branches.filter((known) => {
    const its = reported.filter(({ repoUrl }) => repoUrl === known.repoUrl);
    return its.length === 0 || (isNamed(known) && !its.some(isNamed));
  });
  const added = reported.flatMap((branch) => {
    if (kept.some(({ repoUrl }) => repoUrl === branch.repoUrl)) return [];
    const known = attempt.branches.find(
      (other) => other.repoUrl === branch.repoUrl && other.branch === branch.branch,
    );
    return [{ ...known, ...branch }];
  });
  const order = [...new Set([...attempt.branches, ...reported].map(({ repoUrl }) => repoUrl))];
  const branches = order.flatMap((url) =>
    [...kept, ...added].filter(({ repoUrl }) => repoUrl === url),
  );
  return JSON.stringify(branches) === JSON.stringify(attempt.branches)
    ? attempt
    : { ...attempt, branches };
}
