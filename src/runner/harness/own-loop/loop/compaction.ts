import type { UserModelMessage } from 'ai';
import type { Entry } from '../store/conversation.ts';
import { messagesOf } from '../store/conversation.ts';
import { callsIn, textIn } from '../store/tool-message.ts';
import { estimateTokens } from './context-size.ts';

/** Share of the context for recent steps, which are kept unchanged. */
const KEPT_SHARE = 0.2;
/** Share of the context for the list of calls. */
const LIST_SHARE = 0.1;
/** Share of the context for the text to summarize. */
const TEXT_SHARE = 0.6;
const CHARACTERS_PER_TOKEN = 3;
const MAX_ARGS_LENGTH = 400;
const MAX_RESULT_LENGTH = 2_000;
const SUMMARY_START = 'The conversation so far was summarized to make room.';

/** The part of a conversation that a summary replaces. */
export type ConversationSplit = {
  readonly old: readonly Entry[];
  /** Number of entries at the end that are kept unchanged. */
  readonly kept: number;
  /** The last prompt in the old part, verbatim. */
  readonly task: string;
};

/** Splits a conversation; null if there is nothing to summarize. */
export function splitForSummary(
  entries: readonly Entry[],
  contextTokens: number,
): ConversationSplit | null {
  const budget = contextTokens * KEPT_SHARE;
  let kept = 0;
  let tokens = 0;
  while (kept < entries.length - 1) {
    const entry = entries[entries.length - 1 - kept];
    if (entry === undefined) break;
    tokens += estimateTokens(messagesOf([entry]));
    if (tokens > budget) break;
    kept += 1;
  }
  const old = entries.slice(0, entries.length - kept);
  // A single prompt or summary does not get shorter.
  if (old.length < 2) return null;
  return { old, kept, task: taskIn(old) };
}

/** The prompt with the task; a previous summary contains it. */
function taskIn(entries: readonly Entry[]): string {
  const last = entries.findLast(({ message }) => message.role === 'user');
  const text = last === undefined ? '' : userText(last);
  return text.startsWith(SUMMARY_START) ? (fencedIn(text) ?? text) : text;
}

function userText({ message }: Entry): string {
  if (message.role !== 'user') return '';
  const { content } = message;
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

function fencedIn(text: string): string | null {
  const [, fence] = /^(`{5,})text$/m.exec(text) ?? [];
  if (fence === undefined) return null;
  const start = text.indexOf(`${fence}text\n`) + fence.length + 5;
  const end = text.indexOf(`\n${fence}\n`, start);
  return end === -1 ? null : text.slice(start, end);
}

/**
 * The message that replaces the old part. The calls are listed from our records: the model's summary may omit one,
 * which would then be repeated.
 */
export function summaryMessage(
  part: ConversationSplit,
  summary: string,
  contextTokens: number,
): UserModelMessage {
  const { omitted, lines } = recentCallLines(
    part.old,
    contextTokens * LIST_SHARE * CHARACTERS_PER_TOKEN,
  );
  const content = [
    SUMMARY_START,
    'The task was:',
    fenced(part.task),
    lines.length === 0 ? 'No call was recorded.' : 'Recorded before the summary:',
    ...(omitted > 0 ? [`(${omitted} earlier calls are left out; all of them are done.)`] : []),
    ...lines,
    'Summary of the work so far:',
    fenced(summary),
    'Continue with what is missing. Do not repeat what is marked [done].',
  ].join('\n');
  return { role: 'user', content };
}

function recentCallLines(entries: readonly Entry[], maxLength: number) {
  const all = entries.flatMap((entry) => [...previousCallLines(entry), ...callLines(entry)]);
  const dropped = entries.reduce((sum, entry) => sum + previouslyOmitted(entry), 0);
  const lines: string[] = [];
  let length = 0;
  for (const line of all.toReversed()) {
    length += line.length;
    if (length > maxLength) break;
    lines.unshift(line);
  }
  return { omitted: dropped + all.length - lines.length, lines };
}

const callLines = ({ message, outcomes }: Entry): readonly string[] =>
  callsIn(message).map(({ toolCallId, toolName, input }) => {
    const kind = outcomes.get(toolCallId)?.kind ?? 'unknown';
    const mark = kind === 'done' || kind === 'unknown' ? kind : 'failed';
    return `- [${mark}] ${toolName} ${JSON.stringify(input).slice(0, MAX_ARGS_LENGTH)}`;
  });

const previousCallLines = (entry: Entry): readonly string[] => {
  const text = userText(entry);
  if (!text.startsWith(SUMMARY_START)) return [];
  const from = text.indexOf('Recorded before the summary:');
  const to = text.indexOf('\nSummary of the work so far:');
  return from === -1 ? [] : (text.slice(from, to).match(/^- \[\w+\] .*$/gm) ?? []);
};

const previouslyOmitted = (entry: Entry): number => {
  const text = userText(entry);
  return text.startsWith(SUMMARY_START)
    ? Number(/^\((\d+) earlier calls are left out/m.exec(text)?.[1] ?? 0)
    : 0;
};

export const SUMMARY_INSTRUCTIONS =
  'You summarize the conversation of a coding agent, so that the agent can continue its work from your summary alone.';

/** The request for a summary, with the conversation as data. */
export function summaryRequest({ old }: ConversationSplit, contextTokens: number): string {
  const maxLength = contextTokens * TEXT_SHARE * CHARACTERS_PER_TOKEN;
  const text = old.map(transcriptOf).join('\n\n');
  const half = Math.floor(maxLength / 2);
  const shown =
    text.length > maxLength
      ? `${text.slice(0, half)}\n\n… (the middle is omitted) …\n\n${text.slice(-half)}`
      : text;
  return [
    'Summarize the conversation below. Keep: what was asked for and every requirement; decisions and their reasons; the state of each file that was read or changed; results of commands that matter; what failed; what is still to be done, in order. Quote names, paths, numbers and errors exactly. Do not call tools. Answer with the summary and nothing else.',
    fenced(shown),
  ].join('\n');
}

function transcriptOf({ message, outcomes }: Entry): string {
  if (message.role === 'user') return `USER:\n${userText({ message, outcomes })}`;
  if (message.role !== 'assistant') return '';
  const calls = callsIn(message).map(({ toolCallId, toolName, input }) => {
    const result = outcomes.get(toolCallId)?.text ?? 'unknown';
    return `CALL ${toolName} ${JSON.stringify(input).slice(0, MAX_RESULT_LENGTH)}\nRESULT: ${result.slice(0, MAX_RESULT_LENGTH)}`;
  });
  const text = textIn(message);
  return [...(text === '' ? [] : [`AGENT:\n${text}`]), ...calls].join('\n');
}

/** Fences a text with a fence longer than any inside it. */
function fenced(text: string): string {
  const longest = Math.max(4, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
