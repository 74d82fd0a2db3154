import type { Branch, SessionEventOf, StoredArtifact } from '../events.ts';
import type { TurnId } from '../ids.ts';
import {
  evolveRequests,
  type ToolRequestEvent,
  withoutRequests,
} from '../requests/tool-requests.ts';
import { isGivenUp, latestTurn } from '../select.ts';
import type { Attempt, Turn, TurnEnding } from '../state.ts';

/** Events of one attempt after its launch. */
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

/** Folds an event into its attempt. Repeated facts, as after a reconnect, change nothing. */
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

/** A report without files does not replace one with fetched files, which are still on disk. */
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

/** A report that does not list earlier files has not moved any, so files under other names are still on disk. */
function stillOnDisk(
  { files, earlier = [] }: Attempt['artifacts'],
  newest: readonly StoredArtifact[],
): readonly StoredArtifact[] {
  const names = new Set(newest.flatMap(({ file }) => file ?? []));
  return [...earlier, ...files].filter(({ file }) => file !== undefined && !names.has(file));
}

/** Usage arrives late and in parts; a later report that contains less does not replace known values. */
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
    // The record can lag behind the stream: a running turn does not go back to CREATING.
    const status = turn.status === 'RUNNING' ? turn.status : event.status;
    if (turn.ended === null) return turn.status === status ? turn : { ...turn, status };
    // Cursor reports a run as alive that we had given up: reopen it.
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

/** Stores whether the record confirms the end; the end itself stays as the stream reported it. */
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

/** The stream of a turn that was given up is not read any further. */
function givenUpStream(turn: Turn): Turn['stream'] {
  return turn.stream === 'open' ? 'incomplete' : turn.stream;
}

function recordCommits(attempt: Attempt, event: SessionEventOf<'CommitsRecorded'>): Attempt {
  if (event.moment === 'base') {
    return attempt.baseCommits === null ? { ...attempt, baseCommits: event.commits } : attempt;
  }
  const branches = attempt.branches.map((branch) => {
    const recorded = event.commits.find(
      ({ repoUrl, ref }) => repoUrl === branch.repoUrl && ref === branch.branch,
    );
    return recorded === undefined || recorded.commit === branch.commit
      ? branch
      : { ...branch, commit: recorded.commit };
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
 * Merges reported branches into the known ones. A report is complete for each repository that it names. A record that lags
 * behind may lack repositories, branches or pull requests; known values are retained.
 */
function withBranches(attempt: Attempt, reported: readonly Branch[]): Attempt {
  const isNamed = ({ branch }: Branch) => branch !== undefined;
  const retained = attempt.branches.filter((known) => {
    const current = reported.filter(({ repoUrl }) => repoUrl === known.repoUrl);
    return current.length === 0 || (isNamed(known) && !current.some(isNamed));
  });
  const added = reported.flatMap((branch) => {
    if (retained.some(({ repoUrl }) => repoUrl === branch.repoUrl)) return [];
    const known = attempt.branches.find(
      (other) => other.repoUrl === branch.repoUrl && other.branch === branch.branch,
    );
    return [{ ...known, ...branch }];
  });
  const order = [...new Set([...attempt.branches, ...reported].map(({ repoUrl }) => repoUrl))];
  const branches = order.flatMap((url) =>
    [...retained, ...added].filter(({ repoUrl }) => repoUrl === url),
  );
  return JSON.stringify(branches) === JSON.stringify(attempt.branches)
    ? attempt
    : { ...attempt, branches };
}
