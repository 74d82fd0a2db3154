import { parseJson } from '../../lib/json.ts';
import type { ProcessIdentity } from '../../lib/process.ts';
import { ruleFromAnswer } from '../../permissions/answer-rule.ts';
import type { PermissionRule, ToolAnswer, ToolRequest } from '../../permissions/tool-request.ts';
import { readItem } from '../../transcript/item.ts';
import type { TurnEnd } from '../harness/harness.ts';
import type { Ended, LogRecord, RecordOf, StoredRecord } from '../log/record.ts';
import type { Workspace } from '../workspace-port.ts';

/**
 * The state of a thread, derived from its log. Pure: the same records give the same state, so a new runner knows what
 * the old one knew.
 */
export type ThreadState = {
  readonly lastSeq: number;
  /** Null before the first request was accepted: a log that a crash left empty. */
  readonly start: RecordOf<'thread'> | null;
  readonly workspace: Workspace | null;
  /** The recorded host process that is not known to have exited. */
  readonly host: ProcessIdentity | null;
  /** The oldest recorded process that is not known to have exited: a setup command or the host. */
  readonly oldestProcess: OldestProcess | null;
  readonly turns: readonly TurnState[];
  /** Rules from answers that count for more than one call. */
  readonly rules: readonly PermissionRule[];
  /** Number of consecutive turns that ended with a crash of the host. */
  readonly hostCrashes: number;
  /** Sequence number of the newest `ended` record. */
  readonly lastEndedSeq: number;
  /** The journal has everything up to this sequence number. */
  readonly acknowledgedUpTo: number;
  readonly isClosed: boolean;
};

export type OldestProcess = {
  /** In the system's format; undefined where the system does not report it. */
  readonly began: string | undefined;
  /** The working folder of a setup command; null for a host, which runs elsewhere. */
  readonly cwd: string | null;
};

export type OpenCall = { readonly callId: string; readonly name: string; readonly args: unknown };

export type TurnState = {
  readonly turnId: string;
  readonly requestHash: string;
  readonly createdAt: number;
  readonly firstSeq: number;
  readonly prompt: string;
  readonly purpose: string | null;
  /** The harness may have received the prompt. */
  readonly wasSent: boolean;
  readonly phase: TurnPhase;
  /** Calls that have begun and have no recorded result. */
  readonly openCalls: readonly OpenCall[];
  readonly requests: readonly RequestState[];
};

/** The state of a tool request. Ended requests are kept without their arguments, which can be large. */
export type RequestState =
  | { readonly kind: 'open'; readonly seq: number; readonly request: ToolRequest }
  | { readonly kind: 'answered'; readonly requestId: string; readonly answer: ToolAnswer }
  | { readonly kind: 'withdrawn'; readonly requestId: string };

export type TurnPhase =
  /** Recorded; the working folder is being prepared, and the harness has no prompt yet. */
  | { readonly kind: 'accepted'; readonly isCancelled: boolean }
  /** The harness may have begun to work. */
  | { readonly kind: 'sent'; readonly sentAt: number; readonly isCancelled: boolean }
  /** The harness has finished; its work is being committed. */
  | { readonly kind: 'closing'; readonly end: TurnEnd }
  | { readonly kind: 'ended'; readonly ended: Ended };

export const emptyThread: ThreadState = {
  lastSeq: 0,
  start: null,
  workspace: null,
  host: null,
  oldestProcess: null,
  turns: [],
  rules: [],
  hostCrashes: 0,
  lastEndedSeq: 0,
  acknowledgedUpTo: 0,
  isClosed: false,
};

export function evolve(state: ThreadState, { seq, record }: StoredRecord): ThreadState {
  return { ...applyRecord(state, record, seq), lastSeq: seq };
}

function applyRecord(state: ThreadState, record: LogRecord, seq: number): ThreadState {
  switch (record.type) {
    case 'thread':
      return { ...state, start: record };
    case 'turn':
      return { ...state, turns: [...state.turns, newTurn(record, seq)] };
    case 'workspace':
      return { ...state, workspace: record.workspace };
    case 'command':
      return {
        ...state,
        oldestProcess: state.oldestProcess ?? { began: record.began, cwd: record.cwd },
      };
    case 'host':
      return {
        ...state,
        host: { pid: record.pid, began: record.began },
        oldestProcess: state.oldestProcess ?? { began: record.began, cwd: null },
      };
    case 'host-gone':
      return { ...state, host: null, oldestProcess: null };
    case 'item':
      return changeTurn(state, record.turnId, (turn) => applyItem(turn, record));
    case 'request':
      return changeTurn(state, record.turnId, (turn) => ({
        ...turn,
        requests: [...turn.requests, { kind: 'open', seq, request: record.request }],
      }));
    case 'request-answered':
      return applyAnswer(state, record);
    case 'request-withdrawn':
      return endRequest(state, record, { kind: 'withdrawn', requestId: record.requestId });
    case 'sent':
      return changeTurn(state, record.turnId, (turn) => ({
        ...turn,
        wasSent: true,
        phase: { kind: 'sent', sentAt: record.at, isCancelled: isCancelled(turn.phase) },
      }));
    case 'cancel':
      return changePhase(state, record.turnId, (phase) =>
        phase.kind === 'accepted' || phase.kind === 'sent'
          ? { ...phase, isCancelled: true }
          : phase,
      );
    case 'host-ended':
      return changePhase(state, record.turnId, () => ({ kind: 'closing', end: record.end }));
    case 'ended':
      return {
        ...changePhase(state, record.turnId, () => ({ kind: 'ended', ended: record.ended })),
        hostCrashes: isHostCrash(record.ended) ? state.hostCrashes + 1 : 0,
        lastEndedSeq: seq,
      };
    case 'acknowledged':
      return { ...state, acknowledgedUpTo: Math.max(state.acknowledgedUpTo, record.upTo) };
    case 'closed':
      return { ...state, isClosed: true };
    case 'unknown':
      return state;
    default:
      return record satisfies never;
  }
}

function applyAnswer(state: ThreadState, record: RecordOf<'request-answered'>): ThreadState {
  const { requestId, answer } = record;
  const open = openRequestsOf(turnOf(state, record.turnId)).find(
    ({ request }) => request.requestId === requestId,
  );
  if (open === undefined) return state;
  const rule = ruleFromAnswer(open.request, answer);
  const { callId } = open.request;
  const next = endRequest(state, record, { kind: 'answered', requestId, answer });
  return {
    ...(answer.decision === 'deny' ? withoutCall(next, record.turnId, callId) : next),
    rules: rule === null ? state.rules : [...state.rules, rule],
  };
}

/** A denied call does not run, even if its harness dies before it reports that. */
const withoutCall = (state: ThreadState, turnId: string, denied: string | undefined): ThreadState =>
  changeTurn(state, turnId, (turn) => ({
    ...turn,
    openCalls: turn.openCalls.filter(({ callId }) => callId !== denied),
  }));

const endRequest = (
  state: ThreadState,
  { turnId, requestId }: { readonly turnId: string; readonly requestId: string },
  end: RequestState,
): ThreadState =>
  changeTurn(state, turnId, (turn) => ({
    ...turn,
    requests: turn.requests.map((state) =>
      state.kind === 'open' && state.request.requestId === requestId ? end : state,
    ),
  }));

export const openRequestsOf = (turn: TurnState | undefined) =>
  (turn?.requests ?? []).filter((state) => state.kind === 'open');

/** Calls that may have taken effect without a recorded result: not those that still wait for permission. */
export function unfinishedCallsOf(turn: TurnState): readonly OpenCall[] {
  const waiting = new Set(openRequestsOf(turn).map(({ request }) => request.callId));
  return turn.openCalls.filter(({ callId }) => !waiting.has(callId));
}

const newTurn = (record: RecordOf<'turn'>, seq: number): TurnState => ({
  turnId: record.turnId,
  requestHash: record.requestHash,
  createdAt: record.at,
  firstSeq: seq,
  prompt: record.prompt,
  purpose: record.purpose ?? null,
  wasSent: false,
  phase: { kind: 'accepted', isCancelled: false },
  openCalls: [],
  requests: [],
});

function changeTurn(
  state: ThreadState,
  turnId: string,
  change: (turn: TurnState) => TurnState,
): ThreadState {
  // Most items do not change a turn, and there are very many of them.
  let hasChanged = false;
  const turns = state.turns.map((turn) => {
    if (turn.turnId !== turnId) return turn;
    const next = change(turn);
    hasChanged ||= next !== turn;
    return next;
  });
  return hasChanged ? { ...state, turns } : state;
}

const changePhase = (
  state: ThreadState,
  turnId: string,
  change: (phase: TurnPhase) => TurnPhase,
): ThreadState =>
  changeTurn(state, turnId, (turn) =>
    // A late record does not change an ended turn.
    turn.phase.kind === 'ended' ? turn : { ...turn, phase: change(turn.phase) },
  );

function applyItem(turn: TurnState, { item }: RecordOf<'item'>): TurnState {
  if (item.kind !== 'tool-call') return turn;
  const call = readItem(item.kind, parseData(item.dataText));
  if (call.kind !== 'tool-call') return turn;
  const known = turn.openCalls.find(({ callId }) => callId === call.callId);
  const others = turn.openCalls.filter(({ callId }) => callId !== call.callId);
  if (call.status !== 'running') return known === undefined ? turn : { ...turn, openCalls: others };
  const open = { callId: call.callId, name: call.name, args: call.args ?? known?.args ?? null };
  return { ...turn, openCalls: [...others, open] };
}

/**
 * Parsed data of an item; null if it is invalid JSON, which is an error of an adapter and must not make the log
 * unreadable.
 */
export const parseData = (dataText: string): unknown => parseJson(dataText) ?? null;

/** Failure codes that mean that the host crashed or was killed, independently of what the agent did. */
export const HOST_CRASH_CODES: ReadonlySet<string> = new Set([
  'host_died',
  'host_hung',
  'host_memory',
  'host_not_ready',
  'harness_crashed',
]);

const isHostCrash = (ended: Ended): boolean =>
  ended.status === 'INTERRUPTED' && HOST_CRASH_CODES.has(ended.failure?.code ?? '');

const isCancelled = (phase: TurnPhase): boolean =>
  (phase.kind === 'accepted' || phase.kind === 'sent') && phase.isCancelled;

export const turnOf = (state: ThreadState, turnId: string): TurnState | undefined =>
  state.turns.find((turn) => turn.turnId === turnId);

/** The turn in progress: a thread has at most one. */
export const openTurn = (state: ThreadState): TurnState | undefined =>
  state.turns.find(({ phase }) => phase.kind !== 'ended');
