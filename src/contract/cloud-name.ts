export type Backend = 'cursor' | 'rehearsal';

/** The cloud by its name within a sentence. The rehearsal cloud speaks as itself: its word is not Cursor's. */
export const cloudName = (backend: Backend): string =>
  backend === 'rehearsal' ? 'the rehearsal cloud' : 'Cursor';

/** The same at the beginning of a sentence. */
export const cloudAtStart = (backend: Backend): string =>
  backend === 'rehearsal' ? 'The rehearsal cloud' : 'Cursor';

/** What is in quotation marks or in code is a name or somebody else's words, and stays. */
const quoted = /"[^"]*"|“[^”]*”|`[^`]*`/;
/** Things that are called so whichever cloud is used. */
const products = 'SDK|Agent|API key|cloud runs';
const named = new RegExp(
  `${quoted.source}|(?<start>[.!?]\\s+)?(?<article>\\b(?:the|The|a|another)\\s+)?\\bCursor\\b(?!\\s+(?:${products})\\b|\\.com|-)`,
  'g',
);

/**
 * A sentence of ours about the cloud, as it is true of the one that is used. Stored messages say "Cursor" on every
 * cloud; they stay as they are, and are put right where a person reads them.
 */
export function cloudWords(backend: Backend, text: string): string {
  if (backend === 'cursor' || !text.includes('Cursor')) return text;
  return text.replace(named, (found: string, ...rest) => {
    // The groups come last, the whole text before them, and its place before that.
    const { start, article } = rest.at(-1) as { start?: string; article?: string };
    const isFirst = rest.at(-3) === 0 || start !== undefined;
    if (!found.endsWith('Cursor')) return found;
    const isAtStart = isFirst && (article === undefined || article.startsWith('T'));
    const before = article === undefined ? 'the' : article.trim();
    const name = `${before} rehearsal cloud`;
    return `${start ?? ''}${isAtStart ? name[0]?.toUpperCase() : name[0]}${name.slice(1)}`;
  });
}

type Spoken = { readonly message: string; readonly suggestion?: string | undefined };

/** A failure in the words of the cloud that is used. */
export function failureWords<F extends Spoken | null>(backend: Backend, failure: F): F {
  if (backend === 'cursor' || failure === null) return failure;
  const { suggestion } = failure;
  return {
    ...failure,
    message: cloudWords(backend, failure.message),
    ...(suggestion === undefined ? {} : { suggestion: cloudWords(backend, suggestion) }),
  };
}
