import type { StoredFrame } from '../store/events.ts';

/** A frame as server-sent event. Lines end with LF only, because Cursor's SDK splits on nothing else. */
export function wireFrame(frame: Pick<StoredFrame, 'id' | 'event' | 'data'>): string {
  const id = frame.id === null ? '' : `id: ${frame.id}\n`;
  return `${id}event: ${frame.event}\ndata: ${frame.data}\n\n`;
}

export const heartbeatFrame = wireFrame({ id: null, event: 'heartbeat', data: '{}' });
