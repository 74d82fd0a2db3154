import { useSyncExternalStore } from 'react';
import { createDraftStore, type DraftPlace } from './draft-store.ts';

/** Of this window: another one may have a different draft for the same question. */
export const drafts = createDraftStore(sessionStorage);

/** The text typed at a place, and the function that changes it. */
export function useDraft(place: DraftPlace): [string, (text: string) => void] {
  const text = useSyncExternalStore(drafts.subscribe, () => drafts.read(place));
  return [text, (next) => drafts.write(place, next)];
}

export const useDrafts = () => useSyncExternalStore(drafts.subscribe, drafts.all);
