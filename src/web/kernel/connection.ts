import { useSyncExternalStore } from 'react';
import type { ConnectionState } from './event-stream.ts';

const listeners = new Set<() => void>();
let state: ConnectionState = 'connecting';

export function setConnectionState(next: ConnectionState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnectionState(): ConnectionState {
  return useSyncExternalStore(subscribe, () => state);
}

/** Calls the listener whenever the connection is live again. Returns the function that unsubscribes. */
export const onLive = (listener: () => void): (() => void) =>
  subscribe(() => {
    if (state === 'live') listener();
  });
