import { type Block, readBlocks } from './markdown.ts';

/** The heading under which agents summarize what the next agent needs to know. */
export const SUMMARY_HEADING = 'Hand-off summary';

/**
 * The text below the last summary heading, up to the next heading of its level or above; the whole message if there is no
 * such heading.
 */
export function summaryOf(message: string): string {
  const { headings, paragraphs, lines } = readBlocks(message);
  const heading = headings.findLast(({ text }) => isSummaryTitle(text));
  const next = headings.find(
    ({ line, level }) => heading !== undefined && line > heading.line && level <= heading.level,
  );
  const start = heading?.end ?? boldTitleEnd(paragraphs);
  if (start === undefined) return message;
  const summary = lines.slice(start, next?.line).join('\n').trim();
  return summary === '' ? message : summary;
}

/** Some agents write the heading as a bold paragraph. The end of its section is unknown, so it extends to the end. */
function boldTitleEnd(paragraphs: readonly Block[]): number | undefined {
  const titled = paragraphs.findLast(({ text }) => {
    const [first = ''] = text.split('\n', 1);
    return /^(\*\*|__)/.test(first) && isSummaryTitle(first);
  });
  return titled === undefined ? undefined : titled.line + 1;
}

/** Ignores decoration such as numbering, bold or a colon, and other spellings of "hand-off". */
function isSummaryTitle(text: string): boolean {
  return text.length < 200 && lettersOf(text) === lettersOf(SUMMARY_HEADING);
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}]/gu, '');
