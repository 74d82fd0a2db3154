import type { NewItem, ReadHistory } from '../adapter.ts';
import { endedCall, resultText, startedCall } from './call-items.ts';
import { pathsOf } from './environment.ts';
import { type ToolUse, toolResultOf, toolUseOf } from './message.ts';
import { findSession, readSession, type SessionLine } from './session-file.ts';
import { sessionIdOf } from './session-id.ts';

/**
 * Reads a thread's tool calls from the program's own history. Claude Code continues without its host until it is ended,
 * and these calls are recorded nowhere else.
 */
export const readClaudeHistory: ReadHistory = async (thread) => {
  const { config } = pathsOf(thread);
  const file = await findSession(config, sessionIdOf(thread.threadId));
  return file === null ? [] : callsIn(await readSession(file));
};

/** The calls of a session in order, each with its end if that is known. */
export function callsIn(lines: readonly SessionLine[]): readonly NewItem[] {
  const started = new Map<string, ToolUse>();
  const items: { readonly callId: string; readonly item: NewItem }[] = [];
  const notRun = new Set<string>();
  for (const { block, detail } of blocksOf(lines)) {
    const use = toolUseOf(block);
    if (use !== null) {
      started.set(use.id, use);
      items.push({ callId: use.id, item: startedCall(use.id, use) });
    }
    const result = toolResultOf(block);
    const call = result === null ? undefined : started.get(result.tool_use_id);
    if (result === null || call === undefined) continue;
    const failure = result.is_error === true ? resultText(result) : '';
    if (NOT_RUN.test(failure)) notRun.add(call.id);
    else if (!ABORTED.test(failure)) {
      items.push({ callId: call.id, item: endedCall(call.id, call, result, detail) });
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

/** Permission could not be asked, so the call did not run; the next turn asks again. */
const NOT_RUN = /doesn't want to (take this action|proceed)|permission (request|stream)/i;
/** The program was ended during the call: whether it took effect is unknown. */
const ABORTED =
  /^Exit code (137|143)\b|^\[?(Tool call|Request) interrupted|^Command was aborted|AbortError/i;
