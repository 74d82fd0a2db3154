import type { NoticeItem } from '../../transcript/item.ts';
import type { NewItem } from './adapter.ts';

/** Items as the adapters make them. */
export const speech = (kind: 'text' | 'thinking', text: string): NewItem => ({
  kind,
  dataText: JSON.stringify({ text }),
});

export const boundary: NewItem = { kind: 'boundary', dataText: '{}' };

export const notice = (level: NoticeItem['level'], text: string): NewItem => ({
  kind: 'notice',
  dataText: JSON.stringify({ level, text }),
});

export const toolOutput = (callId: string, stream: 'stdout' | 'stderr', text: string): NewItem => ({
  kind: 'tool-output',
  dataText: JSON.stringify({ callId, stream, text }),
});

export const other = (event: string, data: unknown): NewItem => ({
  kind: 'other',
  dataText: JSON.stringify({ event, data }),
});
