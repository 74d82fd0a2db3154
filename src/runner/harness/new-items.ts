import type { NoticeItem } from '../../transcript/item.ts';
import type { NewItem } from './adapter.ts';
import { clip } from './clip.ts';

/** Constructors of transcript items. This one makes text or thinking. */
export const textItem = (kind: 'text' | 'thinking', text: string): NewItem => ({
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

/** The state of a tool call. `result` is absent while it runs. Long texts are clipped and marked as truncated. */
export function toolCall(call: {
  readonly callId: string;
  readonly name: string;
  readonly status: 'running' | 'completed' | 'error';
  readonly args: unknown;
  readonly result?: unknown;
}): NewItem {
  const { callId, name, status } = call;
  const args = clip(call.args);
  const result = clip(call.result);
  const isTruncated = args.isClipped || result.isClipped;
  return {
    kind: 'tool-call',
    dataText: JSON.stringify({
      callId,
      name,
      status,
      args: args.value,
      result: result.value,
      ...(isTruncated ? { truncated: { args: args.isClipped, result: result.isClipped } } : {}),
    }),
  };
}

export const otherItem = (event: string, data: unknown): NewItem => ({
  kind: 'other',
  dataText: JSON.stringify({ event, data }),
});
