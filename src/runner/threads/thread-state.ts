import type { ProcessIdentity } from '../../lib/process.ts';
import { ruleFromAnswer } from '../../permissions/answer-rule.ts';
import type { PermissionRule, ToolAnswer, ToolRequest } from '../../permissions/tool-request.ts';
import { readItem } from '../../transcript/item.ts';
import type { TurnEnd } from '../harness/harness.ts';
import type { Ended, LogRecord, RecordOf, StoredRecord } from '../log/record.ts';
import type { Workspace } from '../workspace-port.ts';

/** A thread as its log tells it. Pure: the same records give the same state, so a new runner knows what the old one knew. */
export type ThreadState = {
  readonly lastSeq: number;
  /** Null while nothing was accepted: a log that a crash left empty. */
  readonly start: RecordOf<'thread'> | null;
  readonly workspace: Workspace | null;
  /** Noted, and not noted as gone. */
  readonly host: ProcessIdentity | null;
  /** What began first of everything that is not noted as gone: a setup command, or the host. */
  readonly first: FirstProcess | null;
  readonly turns: readonly TurnState[];
  /** From answers that count for more than one call. */
  readonly rules: readonly PermissionRule[];
  /** Turns in a row that ended because the host did. */
  readonly hostDeaths: number;
  /** Where the newest turn ended. */
  readonly lastEndedSeq: number;
  /** The journal has everything up to here. */
  readonly acknowledgedUpTo: number;
  readonly isClosed: boolean;
};

export type FirstProcess = {
  /** In the system's terms; missing where the system does not tell. */
  readonly began: string | undefined;
  /** Of a setup command; a host has another one. */
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
  /** The harness may have seen its prompt. */
  readonly wasSent: boolean;
  readonly phase: TurnPhase;
  /** Calls that began and whose result is not recorded. */
  readonly openCalls: readonly OpenCall[];
  readonly requests: readonly RequestState[];
};

/** A tool request and what became of it. What has ended is kept without its arguments, which can be large. */
export type RequestState =
  | { readonly kind: 'open'; readonly seq: number; readonly request: ToolRequest }
  | { readonly kind: 'answered'; readonly requestId: string; readonly answer: ToolAnswer }
  | { readonly kind: 'withdrawn'; readonly requestId: string };

export type TurnPhase =
  /** On disk; its working folder is made ready. Nothing was asked of the harness. */
  | { readonly kind: 'accepted'; readonly isCancelled: boolean }
  /** The harness may have begun to work. */
  | { readonly kind: 'sent'; readonly sentAt: number; readonly isCancelled: boolean }
  /** The harness is done with it; its work is to be committed. */
  | { readonly kind: 'closing'; readonly end: TurnEnd }
  | { readonly kind: 'ended'; readonly ended: Ended };

export const emptyThread: ThreadState = {
  lastSeq: 0,
  start: null,
  workspace: null,
  host: null,
  first: null,
  turns: [],
  rules: [],
  hostDeaths: 0,
  lastEndedSeq: 0,
  acknowledgedUpTo: 0,
  isClosed: false,
};

export function evolve(state: ThreadState, { seq, record }: StoredRecord): ThreadState {
  return { ...afterRecord(state, record, seq), lastSeq: seq };
}

function afterRecord(state: ThreadState, record: LogRecord, seq: number): ThreadState {
  switch (record.type) {
    case 'thread':
      return { ...state, start: record };
    case 'turn':
      return { ...state, turns: [...state.turns, newTurn(record, seq)] };
    case 'workspace':
      return { ...state, workspace: record.workspace };
    case 'command':
      return { ...state, first: state.first ?? { began: record.began, cwd: record.cwd } };
    case 'host':
      return {
        ...state,
        host: { pid: record.pid, began: record.began },
        first: state.first ?? { began: record.began, cwd: null },
      };
    case 'host-gone':
      return { ...state, host: null, first: null };
    case 'item':
      return changeTurn(state, record.turnId, (turn) => afterItem(turn, record));
    case 'request':
      return changeTurn(state, record.turnId, (turn) => ({
        ...turn,
        requests: [...turn.requests, { kind: 'open', seq, request: record.request }],
      }));
    case 'request-answered':
      return afterAnswer(state, record);
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
        hostDeaths: isHostDeath(record.ended) ? state.hostDeaths + 1 : 0,
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

function afterAnswer(state: ThreadState, record: RecordOf<'request-answered'>): ThreadState {
  const { requestId, answer } = record;
  const asked = openRequestsOf(turnOf(state, record.turnId)).find(
    ({ request }) => request.requestId === requestId,
  );
  const rule = asked === undefined ? null : ruleFromAnswer(asked.request, answer);
  return {
    ...endRequest(state, record, { kind: 'answered', requestId, answer }),
    rules: rule === null ? state.rules : [...state.rules, rule],
  };
}

const endRequest = (
  state: ThreadState,
  { turnId, requestId }: { readonly turnId: string; readonly requestId: string },
  end: RequestState,
): ThreadState =>
  changeTurn(state, turnId, (turn) => ({
    ...turn,
    requests: turn.requests.map((one) =>
      one.kind === 'open' && one.request.requestId === requestId ? end : one,
    ),
  }));

export const openRequestsOf = (turn: TurnState | undefined) =>
  (turn?.requests ?? []).filter((one) => one.kind === 'open');

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
  // An item changes nothing but the calls, and there are very many of them.
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
    // What has ended stays as it ended, whatever a late record says.
    turn.phase.kind === 'ended' ? turn : { ...turn, phase: change(turn.phase) },
  );

function afterItem(turn: TurnState, { item }: RecordOf<'item'>): TurnState {
  if (item.kind !== 'tool-call') return turn;
  const call = readItem(item.kind, parsed(item.dataText));
  if (call.kind !== 'tool-call') return turn;
  const known = turn.openCalls.find(({ callId }) => callId === call.callId);
  const others = turn.openCalls.filter(({ callId }) => callId !== call.callId);
  if (call.status !== 'running') return known === undefined ? turn : { ...turn, openCalls: others };
  const open = { callId: call.callId, name: call.name, args: call.args ?? known?.args ?? null };
  return { ...turn, openCalls: [...others, open] };
}

/** Null for what is no JSON: an adapter's fault, which costs the item its meaning and not the thread its log. */
export function parsed(dataText: string): unknown {
  try {
    return JSON.parse(dataText);
  } catch {
    return null;
  }
}

/** The runner, or the host, or the machine was gone: not the agent's doing. */
export const HOST_DEATHS: ReadonlySet<string> = new Set([
  'host_died',
  'host_hung',
  'host_memory',
  'host_not_ready',
  'harness_crashed',
]);

const isHostDeath = (ended: Ended): boolean =>
  ended.status === 'INTERRUPTED' && HOST_DEATHS.has(ended.failure?.code ?? '');

const isCancelled = (phase: TurnPhase): boolean =>
  (phase.kind === 'accepted' || phase.kind === 'sent') && phase.isCancelled;

export const turnOf = (state: ThreadState, turnId: string): TurnState | undefined =>
  state.turns.find((turn) => turn.turnId === turnId);

/** The turn that is in progress: a thread has one at a time. */
export const openTurn = (state: ThreadState): TurnState | undefined =>
  state.turns.find(({ phase }) => phase.kind !== 'ended');
