import { fieldsOf } from '../../lib/fields.ts';

/** Where a text is typed: an id within the session, such as that of a question. */
export type DraftPlace = {
  readonly sessionId: string;
  readonly id: string;
  /** What the text is about, for when the place itself is gone. */
  readonly about: string;
};

/** A text that was typed and not sent. */
export type Draft = DraftPlace & { readonly text: string; readonly isSending: boolean };

const storageKey = 'cerevisor.unsent-texts';

/**
 * The drafts of a window. They outlive the fields in which they are typed, which disappear when the screen changes, when
 * another window answers the question, or when an agent starts again. A draft is forgotten when it was sent.
 */
export function createDraftStore(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  let drafts = parseDrafts(storage.getItem(storageKey));
  const listeners = new Set<() => void>();
  const replace = (next: readonly Draft[]) => {
    drafts = next;
    try {
      storage.setItem(storageKey, JSON.stringify(drafts));
    } catch (error) {
      // If the storage is full, the drafts are only lost when the page is reloaded.
      console.warn('The browser could not store what was typed.', error);
    }
    for (const listener of listeners) listener();
  };
  const find = (place: DraftPlace) => drafts.find((draft) => isAt(draft, place));
  const read = (place: DraftPlace): string => find(place)?.text ?? '';
  const write = (place: DraftPlace, text: string) => {
    const { isSending = false } = find(place) ?? {};
    const { sessionId, id, about } = place;
    const others = drafts.filter((draft) => !isAt(draft, place));
    replace(text === '' ? others : [...others, { sessionId, id, about, text, isSending }]);
  };
  const mark = (place: DraftPlace, isSending: boolean) => {
    if (find(place) === undefined) return;
    replace(drafts.map((draft) => (isAt(draft, place) ? { ...draft, isSending } : draft)));
  };
  return {
    all: () => drafts,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    read,
    /** An empty text forgets the draft. */
    write,
    /** Forgets the draft when it was sent, unless it was changed meanwhile. */
    send: async <Result>(place: DraftPlace, run: () => Promise<Result>): Promise<Result> => {
      const sent = read(place);
      mark(place, true);
      try {
        const result = await run();
        if (read(place) === sent) write(place, '');
        return result;
      } finally {
        mark(place, false);
      }
    },
  };
}

const isAt = (draft: DraftPlace, { sessionId, id }: DraftPlace): boolean =>
  draft.sessionId === sessionId && draft.id === id;

/** What was stored before a reload. What cannot be read is left out. */
function parseDrafts(stored: string | null): readonly Draft[] {
  if (stored === null) return [];
  try {
    const list: unknown = JSON.parse(stored);
    return Array.isArray(list) ? list.flatMap(parseDraft) : [];
  } catch (error) {
    console.warn('What was typed before cannot be read.', error);
    return [];
  }
}

function parseDraft(value: unknown): Draft[] {
  const { sessionId, id, about, text } = fieldsOf(value);
  return typeof sessionId === 'string' &&
    typeof id === 'string' &&
    typeof about === 'string' &&
    typeof text === 'string'
    ? [{ sessionId, id, about, text, isSending: false }]
    : [];
}
