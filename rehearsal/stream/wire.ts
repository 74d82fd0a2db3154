import type { StoredFrame } from '../store/events.ts';

/** One event as it goes over the wire: LF only, since Cursor's SDK splits on nothing else. */
export function wireFrame(frame: Pick<StoredFrame, 'id' | 'event' | 'data'>): string {
  const id = frame.id === null ? '' : `id: ${frame.id}\n`;
  return `${id}event: ${frame.event}\ndata: ${frame.data}\n\n`;
}

export const heartbeatFrame = wireFrame({ id: null, event: 'heartbeat', data: '{}' });
