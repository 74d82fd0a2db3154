import { isTranscriptEvent } from '../../transcript/event-item.ts';
import type { SessionEvent } from '../events.ts';
import { isCursorRun } from '../ids.ts';

/**
 * An event as clients, exports and the audit log receive it. Events of Cursor's cloud keep their original field names
 * (`cursorAgentId`, `cursorRunId`), next to the names that all runtimes share. Transcript items have only the original
 * names, because they are most of the volume.
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
