import { readItem, type TranscriptItem } from './item.ts';

/** The fields of an event that may carry an item. */
export type ItemCarrier = {
  readonly type: string;
  readonly item?: unknown;
  readonly event?: unknown;
  readonly data?: unknown;
};

/**
 * The transcript item that an event carries, or null when it carries none. Journals of the first version hold
 * Cursor's frames unchanged (`StreamEvent`); those that a reader should see are converted to items here.
 */
export function itemOfEvent(carrier: ItemCarrier): TranscriptItem | null {
  if (carrier.type === 'TranscriptItem') {
    const { item } = carrier;
    const kind = typeof item === 'object' && item !== null && 'kind' in item ? item.kind : 'other';
    return readItem(String(kind), item);
  }
  return carrier.type === 'StreamEvent' ? itemOfFrame(carrier.event, carrier.data) : null;
}

/** Whether an event belongs to the transcript of a turn, and changes no state. */
export const isTranscriptEvent = (type: string): boolean =>
  type === 'TranscriptItem' || type === 'StreamEvent';

/** Cursor's update types that separate two messages of one run. */
export const messageBoundaryUpdates: ReadonlySet<unknown> = new Set([
  'step-started',
  'step-completed',
  'turn-ended',
  'user-message-appended',
  'summary-started',
]);

function itemOfFrame(event: unknown, data: unknown): TranscriptItem | null {
  switch (event) {
    case 'assistant':
      return readItem('text', data);
    case 'thinking':
      return readItem('thinking', data);
    case 'tool_call':
      return readItem('tool-call', data);
    case 'interaction_update': {
      const { type } = (data ?? {}) as { type?: unknown }; // Every field is checked before it is used.
      return messageBoundaryUpdates.has(type) ? { kind: 'boundary' } : null;
    }
    case 'error': {
      const { message } = (data ?? {}) as { message?: unknown }; // Every field is checked before it is used.
      const text = typeof message === 'string' ? message : 'unknown error';
      return { kind: 'notice', level: 'warning', text: `Cursor's stream reported: ${text}` };
    }
    default:
      // Duplicates of the frames above, and facts that other events carry.
      return null;
  }
}
