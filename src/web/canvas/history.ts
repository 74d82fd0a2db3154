/** A document with its undo and redo steps. */
export type History<Document> = {
  readonly past: readonly Document[];
  readonly present: Document;
  readonly future: readonly Document[];
  /** The field that the last edit changed: further edits of it belong to the same step. */
  readonly lastKey: string | null;
};

const maxPast = 200;

export function startHistory<Document>(present: Document): History<Document> {
  return { past: [], present, future: [], lastKey: null };
}

/** Records an edit. With the same key as the edit before, both are one step. */
export function record<Document>(
  history: History<Document>,
  next: Document,
  key: string | null = null,
): History<Document> {
  if (next === history.present) return history;
  const isSameStep = key !== null && key === history.lastKey;
  const past = isSameStep ? history.past : [...history.past, history.present].slice(-maxPast);
  return { past, present: next, future: [], lastKey: key };
}

export function undo<Document>(history: History<Document>): History<Document> {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    lastKey: null,
  };
}

export function redo<Document>(history: History<Document>): History<Document> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, lastKey: null };
}
