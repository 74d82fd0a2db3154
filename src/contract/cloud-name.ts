export type Backend = 'cursor' | 'rehearsal';

/** The name of the cloud within a sentence. The rehearsal cloud has its own name: what it says does not come from Cursor. */
export const cloudName = (backend: Backend): string =>
  backend === 'rehearsal' ? 'the rehearsal cloud' : 'Cursor';

/** The name of the cloud at the beginning of a sentence. */
export const capitalizedCloudName = (backend: Backend): string =>
  backend === 'rehearsal' ? 'The rehearsal cloud' : 'Cursor';

/** Text in quotation marks or in code is a name or a quotation, and is not changed. */
const quoted = /"[^"]*"|“[^”]*”|`[^`]*`/;
/** Names that are the same whichever cloud is used. */
const products = 'SDK|Agent|API key|cloud runs';
/** What works on this machine is Cursor's own, also in a rehearsal. */
const onThisMachine = 'SDK|sandbox';
const named = new RegExp(
  `${quoted.source}|(?<start>[.!?]\\s+)?(?<article>\\b(?:the|The|a|another)\\s+)?\\bCursor\\b(?!\\s+(?:${products})\\b|['’]s\\s+(?:${onThisMachine})\\b|\\.com|-)`,
  'g',
);

/**
 * One of our sentences about the cloud, with the name of the cloud in use. Stored messages say "Cursor" for every
 * cloud; they are not changed on disk, but when they are shown.
 */
export function withCloudName(backend: Backend, text: string): string {
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

/** A failure, with the name of the cloud in use. */
export function failureWithCloudName<F extends Spoken | null>(backend: Backend, failure: F): F {
  if (backend === 'cursor' || failure === null) return failure;
  const { suggestion } = failure;
  return {
    ...failure,
    message: withCloudName(backend, failure.message),
    ...(suggestion === undefined ? {} : { suggestion: withCloudName(backend, suggestion) }),
  };
}
