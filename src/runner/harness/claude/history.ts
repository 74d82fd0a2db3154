import type { NewItem, ReadHistory } from '../adapter.ts';
import { callBegins, callEnds, resultText } from './call-items.ts';
import { placesOf } from './environment.ts';
import { type ToolUse, toolResultOf, toolUseOf } from './message.ts';
import { findSession, readSession, type SessionLine } from './session-file.ts';
import { sessionIdOf } from './session-id.ts';

/**
 * What the program's own record has of a thread's tool calls. Claude Code continues alone when its host is gone, until it is
 * ended: what it did then stands nowhere else.
 */
export const readClaudeHistory: ReadHistory = async (thread) => {
  const { config } = placesOf(thread);
  const file = await findSession(config, sessionIdOf(thread.threadId));
  return file === null ? [] : callsIn(await readSession(file));
};

/** The calls of a session in their order, each with its end where that is known. */
export function callsIn(lines: readonly SessionLine[]): readonly NewItem[] {
  const begun = new Map<string, ToolUse>();
  const items: { readonly callId: string; readonly item: NewItem }[] = [];
  const notRun = new Set<string>();
  for (const { block, detail } of blocksOf(lines)) {
    const use = toolUseOf(block);
    if (use !== null) {
      begun.set(use.id, use);
      items.push({ callId: use.id, item: callBegins(use.id, use) });
    }
    const result = toolResultOf(block);
    const of = result === null ? undefined : begun.get(result.tool_use_id);
    if (result === null || of === undefined) continue;
    const failure = result.is_error === true ? resultText(result) : '';
    if (NOT_RUN.test(failure)) notRun.add(of.id);
    else if (!BROKEN_OFF.test(failure)) {
      items.push({ callId: of.id, item: callEnds(of.id, of, result, detail) });
    }
  }
  return items.flatMap(({ callId, item }) => (notRun.has(callId) ? [] : [item]));
}

function blocksOf(lines: readonly SessionLine[]) {
  return lines.flatMap(({ message, detail }) => {
    if (message.type !== 'assistant' && message.type !== 'user') return [];
    const { content } = message.message;
    return typeof content === 'string' ? [] : content.map((block) => ({ block, detail }));
  });
}

/** Nobody was there to say whether the call may run, so it did not: it is asked about again. */
const NOT_RUN = /doesn't want to (take this action|proceed)|permission (request|stream)/i;
/** The program was ended in the middle of the call: whether that took effect is not known. */
const BROKEN_OFF =
  /^Exit code (137|143)\b|^\[?(Tool call|Request) interrupted|^Command was aborted|AbortError/i;
