import { readItem, type TranscriptItem } from '../../transcript/item.ts';
import type { StoredRecord } from '../log/record.ts';
import { parsed, type ThreadState, type TurnState } from './thread-state.ts';

const MAX_ARGS_LENGTH = 2_000;
const MAX_TEXT_LENGTH = 4_000;
/** More would crowd out the task; the newest are kept. */
const MAX_CALLS = 500;

/** A turn that only took up an earlier one: what it was asked is what that one was asked. */
const RESUME_PURPOSE = 'resume';

type Call = { readonly name: string; args: unknown; status: 'running' | 'completed' | 'error' };
type Said = { readonly id: string | undefined; readonly text: string };

/**
 * The prompt of a turn that continues with an interrupted one, made from the log and from nothing else. Turns that were
 * themselves resumed count together: the task is that of the first, and what is done is what all of them did.
 */
export async function resumePrompt(
  state: ThreadState,
  turnId: string,
  records: AsyncIterable<StoredRecord>,
): Promise<string | null> {
  const chain = resumedTurns(state, turnId);
  const [first, last] = [chain[0], chain.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { calls, said } = await workOf(chain, records);
  return [
    `Your previous turn was interrupted: ${reasonOf(last)}`,
    'The task was:',
    fenced(first.prompt),
    ...listOf(calls),
    ...textSoFar(said),
    'Continue with what is missing. Do not repeat what is marked [done].',
  ].join('\n');
}

/** The turn and those that it resumed, the first one first. */
function resumedTurns(state: ThreadState, turnId: string): readonly TurnState[] {
  const end = state.turns.findIndex((turn) => turn.turnId === turnId);
  if (end === -1) return [];
  const turns = state.turns.slice(0, end + 1);
  const start = turns.findLastIndex(({ purpose }) => purpose !== RESUME_PURPOSE);
  return turns.slice(Math.max(0, start));
}

async function workOf(chain: readonly TurnState[], records: AsyncIterable<StoredRecord>) {
  const turnIds = new Set(chain.map((turn) => turn.turnId));
  // What came before the prompt was sent is the preparation of the folder, not the agent's work.
  const sent = new Set<string>();
  const calls = new Map<string, Call>();
  let said: Said[] = [];
  for await (const { record } of records) {
    if (record.type === 'sent') sent.add(record.turnId);
    if (record.type !== 'item' || !turnIds.has(record.turnId) || !sent.has(record.turnId)) continue;
    const item = readItem(record.item.kind, parsed(record.item.dataText));
    if (item.kind === 'tool-call') noteCall(calls, record.turnId, item);
    said = afterItem(said, item, record.item.id);
  }
  return { calls: [...calls.values()], said };
}

function noteCall(
  calls: Map<string, Call>,
  turnId: string,
  item: Extract<TranscriptItem, { kind: 'tool-call' }>,
): void {
  const key = `${turnId} ${item.callId}`;
  const known = calls.get(key);
  if (known === undefined)
    calls.set(key, { name: item.name, args: item.args, status: item.status });
  else {
    known.status = item.status;
    known.args = item.args ?? known.args;
  }
}

function afterItem(said: Said[], item: TranscriptItem, id: string | undefined): Said[] {
  if (item.kind === 'retracted')
    return said.filter((piece) => !item.itemIds.includes(piece.id ?? ''));
  if (item.kind === 'text') said.push({ id, text: item.text });
  else if (item.kind === 'boundary' || item.kind === 'tool-call') said.push({ id, text: '\n' });
  return said;
}

function reasonOf({ phase }: TurnState): string {
  const failure = phase.kind === 'ended' ? phase.ended.failure : undefined;
  return failure?.message ?? 'it ended before it was complete.';
}

function listOf(calls: readonly Call[]): readonly string[] {
  if (calls.length === 0) return ['Recorded before the interruption: nothing.'];
  const leftOut = calls.length - MAX_CALLS;
  return [
    'Recorded before the interruption:',
    ...(leftOut > 0 ? [`(${leftOut} earlier calls are left out; all of them are done.)`] : []),
    ...calls.slice(-MAX_CALLS).map(lineOf),
  ];
}

function lineOf({ name, args, status }: Call): string {
  const call = `${name} ${argsLine(args)}`;
  switch (status) {
    case 'completed':
      return `- [done] ${call}`;
    case 'error':
      return `- [failed] ${call}`;
    case 'running':
      return `- [unknown] ${call}   (its result was not recorded: check whether it took effect before you repeat it)`;
    default:
      return status satisfies never;
  }
}

const argsLine = (args: unknown): string =>
  (JSON.stringify(args ?? {}) ?? '{}').slice(0, MAX_ARGS_LENGTH);

function textSoFar(said: readonly Said[]): readonly string[] {
  const text = said
    .map((piece) => piece.text)
    .join('')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (text === '') return [];
  return ['Text that you had written so far:', fenced(text.slice(-MAX_TEXT_LENGTH))];
}

/** Longer than any fence inside. */
function fenced(text: string): string {
  const longest = Math.max(4, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
