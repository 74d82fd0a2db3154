import type { Journal } from '../../journal/types.ts';
import type { CommandOf } from '../../session/commands.ts';
import type { StreamEvent } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';

const PAGE = 500;

/**
 * The last message of a run as its stream told it: what the agent said after its last tool call. Stands in for a
 * result that Cursor did not give. Undefined when it said nothing.
 */
export function lastMessage(
  journal: Journal,
  sessionId: SessionId,
  { agentId, cursorRunId }: Pick<CommandOf<'follow'>, 'agentId' | 'cursorRunId'>,
): string | undefined {
  // What was read and not yet written counts.
  journal.flush();
  const pieces: string[] = [];
  let before: number | undefined;
  for (;;) {
    const page = journal.sessionEvents(sessionId, {
      limit: PAGE,
      newestFirst: true,
      types: ['StreamEvent'],
      agentId,
      ...(before === undefined ? {} : { before }),
    });
    for (const { event } of page) {
      if (event.type !== 'StreamEvent' || event.cursorRunId !== cursorRunId) continue;
      if (event.event === 'assistant') pieces.push(textOf(event));
      else if (isBetweenMessages(event)) pieces.push('\n\n');
      else if (event.event === 'tool_call' && joined(pieces) !== undefined) return joined(pieces);
    }
    before = page.at(-1)?.seq;
    if (before === undefined || page.length < PAGE) return joined(pieces);
  }
}

/** They were read backwards. */
function joined(pieces: readonly string[]): string | undefined {
  const text = pieces.toReversed().join('').trim();
  return text === '' ? undefined : text;
}

/** Two messages without a tool call between them are both the last word, and stay apart. */
function isBetweenMessages({ event, data }: StreamEvent): boolean {
  if (event !== 'interaction_update' || typeof data !== 'object' || data === null) return false;
  return 'type' in data && data.type === 'step-completed';
}

function textOf({ data }: StreamEvent): string {
  const isObject = typeof data === 'object' && data !== null;
  return isObject && 'text' in data && typeof data.text === 'string' ? data.text : '';
}
