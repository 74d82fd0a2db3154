export type Backend = 'cursor' | 'rehearsal';

/** The name of the cloud within a sentence. */
export const cloudName = (backend: Backend): string =>
  backend === 'rehearsal' ? 'the rehearsal cloud' : 'Cursor';

/** The name of the cloud at the beginning of a sentence. */
export const capitalizedCloudName = (backend: Backend): string =>
  backend === 'rehearsal' ? 'The rehearsal cloud' : 'Cursor';

/** Text in quotation marks or backticks is a name or a quotation, and is not changed. */
const quoted = /"[^"]*"|“[^”]*”|`[^`]*`/;
/** Names that do not depend on the cloud. */
const products = 'SDK|Agent|API key|cloud runs';
/** Software on this machine, which comes from Cursor even in a rehearsal. */
const onThisMachine = 'SDK|sandbox';
const named = new RegExp(
  `${quoted.source}|(?<start>[.!?]\\s+)?(?<article>\\b(?:the|The|a|another)\\s+)?\\bCursor\\b(?!\\s+(?:${products})\\b|['’]s\\s+(?:${onThisMachine})\\b|\\.com|-)`,
  'g',
);

/**
 * Replaces "Cursor" in a message with the name of the cloud in use. Stored messages say "Cursor" for every cloud; they are
 * changed only for display.
 */
export function withCloudName(backend: Backend, text: string): string {
  if (backend === 'cursor' || !text.includes('Cursor')) return text;
  return text.replace(named, (found: string, ...rest) => {
    // The last arguments are the offset, the whole text and the named groups.
    const { start, article } = rest.at(-1) as { start?: string; article?: string };
    const isFirst = rest.at(-3) === 0 || start !== undefined;
    if (!found.endsWith('Cursor')) return found;
    const isAtStart = isFirst && (article === undefined || article.startsWith('T'));
    const before = article === undefined ? 'the' : article.trim();
    const name = `${before} rehearsal cloud`;
    return `${start ?? ''}${isAtStart ? name[0]?.toUpperCase() : name[0]}${name.slice(1)}`;
  });
}

type Message = { readonly message: string; readonly suggestion?: string | undefined };

/** The same for the message and the suggestion of a failure. */
export function failureWithCloudName<F extends Message | null>(backend: Backend, failure: F): F {
  if (backend === 'cursor' || failure === null) return failure;
  const { suggestion } = failure;
  return {
    ...failure,
    message: withCloudName(backend, failure.message),
    ...(suggestion === undefined ? {} : { suggestion: withCloudName(backend, suggestion) }),
  };
}
