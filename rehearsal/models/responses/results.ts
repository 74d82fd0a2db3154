import type { Conversation } from '../conversation.ts';
import { type Content, textsOf } from './request.ts';

/** What came of a call, without what Codex says about it. `session`: of a command that still runs. */
export type CallResult = {
  readonly text: string;
  readonly isError: boolean;
  readonly session?: number;
};

/** How a script of ours ends its output, for a command that failed. */
export const FAILED = 'The command failed with exit code ';

export function resultOf(output: Content | undefined): CallResult {
  const texts = textsOf(output);
  const head = texts[0] ?? '';
  if (/^Script (completed|failed|running)/.test(head)) return ofScript(head, texts.slice(1));
  const text = texts.join('\n');
  const body = /(?:^|\n)Output:\n?(.*)$/s.exec(text)?.[1];
  if (body === undefined)
    return { text: text, isError: /(failed|rejected|unsupported call)\b/.test(text) };
  const session = /^Process running with session ID (\d+)$/m.exec(text)?.[1];
  const code = /^Process exited with code (-?\d+)$/m.exec(text)?.[1];
  const isError = (code !== undefined && code !== '0') || /^(user )?rejected\b/.test(body);
  return { text: body, isError, ...(session === undefined ? {} : { session: Number(session) }) };
}

function ofScript(head: string, texts: readonly string[]): CallResult {
  const text = texts.join('\n');
  return { text, isError: !head.startsWith('Script completed') || text.includes(FAILED) };
}

const running = new WeakMap<Conversation, number>();

/** The last call of the conversation began a command that runs on. */
export const recordRunning = (conversation: Conversation, session: number): void => {
  running.set(conversation, session);
};

export const runningIn = (conversation: Conversation): number | undefined =>
  running.get(conversation);
