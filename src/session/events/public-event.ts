import { isTranscriptEvent } from '../../transcript/event-item.ts';
import type { SessionEvent } from '../events.ts';
import { isCursorRun } from '../ids.ts';

/**
 * An event as it leaves the program: to clients, into exports and into the audit log. What runs on Cursor's cloud keeps
 * the names that it always had there. Next to them stand the names that all runtimes share, but not in the items of a
 * transcript: they are nearly all of what leaves, and stay as they are exactly.
 */
export function publicEvent(event: SessionEvent): Record<string, unknown> {
  if (!isOnCursorCloud(event)) return { ...event };
  const hasBoth = !isTranscriptEvent(event.type);
  return Object.fromEntries(
    Object.entries(event).flatMap(([key, value]) => {
      const name = cursorNames.get(key);
      if (name === undefined) return [[key, value]];
      return hasBoth
        ? [
            [name, value],
            [key, value],
          ]
        : [[name, value]];
    }),
  );
}

const cursorNames: ReadonlyMap<string, string> = new Map([
  ['threadId', 'cursorAgentId'],
  ['turnId', 'cursorRunId'],
]);

function isOnCursorCloud(event: SessionEvent): boolean {
  if ('runtime' in event) return event.runtime === 'cursor-cloud';
  return 'turnId' in event && event.turnId !== undefined && isCursorRun(event.turnId);
}
