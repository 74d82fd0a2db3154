import { readItem, type TranscriptItem } from '../../transcript/item.ts';
import type { StoredRecord } from '../log/record.ts';
import { callKey, PendingRequests } from './pending-requests.ts';
import { parseData, type ThreadState, type TurnState } from './thread-state.ts';

const MAX_ARGS_LENGTH = 2_000;
const MAX_TEXT_LENGTH = 4_000;
/** A longer list would crowd out the task; the newest calls are kept. */
const MAX_CALLS = 500;

/** The purpose of a turn that only resumes an earlier one; its task is the task of that turn. */
const RESUME_PURPOSE = 'resume';

type CallStatus = 'waiting' | 'denied' | 'running' | 'completed' | 'error';
type Call = { readonly name: string; args: unknown; status: CallStatus };
type TextPiece = { readonly id: string | undefined; readonly text: string };

/**
 * The prompt of a turn that resumes an interrupted one, made from the log only. Consecutive resumed turns are merged:
 * the task is that of the first, and the calls are those of all of them. Null for an unknown turn.
 */
export async function resumePrompt(
  state: ThreadState,
  turnId: string,
  records: AsyncIterable<StoredRecord>,
): Promise<string | null> {
  const chain = resumeChain(state, turnId);
  const [first, last] = [chain[0], chain.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { calls, texts } = await workOf(chain, records);
  return [
    `Your previous turn was interrupted: ${interruptionReason(last)}`,
    'The task was:',
    fenced(first.prompt),
    ...callList(calls),
    ...textSoFar(texts),
    'Continue with what is missing. Do not repeat what is marked [done].',
  ].join('\n');
}

/** The turn and the turns that it resumed, the first one first. */
function resumeChain(state: ThreadState, turnId: string): readonly TurnState[] {
  const end = state.turns.findIndex((turn) => turn.turnId === turnId);
  if (end === -1) return [];
  const turns = state.turns.slice(0, end + 1);
  const start = turns.findLastIndex(({ purpose }) => purpose !== RESUME_PURPOSE);
  return turns.slice(Math.max(0, start));
}

async function workOf(chain: readonly TurnState[], records: AsyncIterable<StoredRecord>) {
  const turnIds = new Set(chain.map((turn) => turn.turnId));
  // Items before `sent` belong to the preparation of the folder, not to the agent's work.
  const sent = new Set<string>();
  const calls = new Map<string, Call>();
  const pending = new PendingRequests();
  let texts: TextPiece[] = [];
  for await (const { record } of records) {
    if (record.type === 'sent') sent.add(record.turnId);
    pending.read(record);
    if (record.type !== 'item' || !turnIds.has(record.turnId) || !sent.has(record.turnId)) continue;
    const item = readItem(record.item.kind, parseData(record.item.dataText));
    if (item.kind === 'tool-call') updateCall(calls, record.turnId, item);
    texts = afterItem(texts, item, record.item.id);
  }
  for (const [key, call] of calls)
    if (call.status === 'running') call.status = pending.reasonFor(key) ?? call.status;
  return { calls: [...calls.values()], texts };
}

function updateCall(
  calls: Map<string, Call>,
  turnId: string,
  item: Extract<TranscriptItem, { kind: 'tool-call' }>,
): void {
  const key = callKey(turnId, item.callId);
  const known = calls.get(key);
  if (known === undefined)
    calls.set(key, { name: item.name, args: item.args, status: item.status });
  else {
    known.status = item.status;
    known.args = item.args ?? known.args;
  }
}

function afterItem(texts: TextPiece[], item: TranscriptItem, id: string | undefined): TextPiece[] {
  if (item.kind === 'retracted')
    return texts.filter((piece) => !item.itemIds.includes(piece.id ?? ''));
  if (item.kind === 'text') texts.push({ id, text: item.text });
  else if (item.kind === 'boundary' || item.kind === 'tool-call') texts.push({ id, text: '\n' });
  return texts;
}

function interruptionReason({ phase }: TurnState): string {
  const failure = phase.kind === 'ended' ? phase.ended.failure : undefined;
  return failure?.message ?? 'it ended before it was complete.';
}

function callList(calls: readonly Call[]): readonly string[] {
  if (calls.length === 0) return ['Recorded before the interruption: nothing.'];
  const omitted = calls.length - MAX_CALLS;
  return [
    'Recorded before the interruption:',
    ...(omitted > 0 ? [`(${omitted} earlier calls are left out; all of them are done.)`] : []),
    ...calls.slice(-MAX_CALLS).map(callLine),
  ];
}

function callLine({ name, args, status }: Call): string {
  const call = `${name} ${argsLine(args)}`;
  switch (status) {
    case 'completed':
      return `- [done] ${call}`;
    case 'error':
      return `- [failed] ${call}`;
    case 'waiting':
      return `- [not started] ${call}   (it was waiting for permission)`;
    case 'denied':
      return `- [not started] ${call}   (permission was denied)`;
    case 'running':
      return `- [unknown] ${call}   (its result was not recorded: check whether it took effect before you repeat it)`;
    default:
      return status satisfies never;
  }
}

const argsLine = (args: unknown): string =>
  (JSON.stringify(args ?? {}) ?? '{}').slice(0, MAX_ARGS_LENGTH);

function textSoFar(texts: readonly TextPiece[]): readonly string[] {
  const text = texts
    .map((piece) => piece.text)
    .join('')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (text === '') return [];
  return ['Text that you had written so far:', fenced(text.slice(-MAX_TEXT_LENGTH))];
}

/** Fences a text with a fence longer than any inside it. */
function fenced(text: string): string {
  const longest = Math.max(4, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
