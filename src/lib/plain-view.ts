export type Range = readonly [start: number, end: number];

/**
 * A text without terminal codes and zero-width characters, and with escapes decoded, together with the original position
 * of each character. Otherwise `ESC[32mghp_…` and `x%3Dghp_…` would hide the prefix of a key.
 */
export type PlainView = {
  readonly text: string;
  /** The range of the original text that a range of the view corresponds to. */
  original(range: Range): Range;
};

const ESC = String.raw`(?:\x1b|\\{1,4}(?:x1b|u001b|u\{1b\}|033|e(?=\[))|\^\[(?=\[)|␛)`;
/** The length of every part is bounded, so that the search takes linear time. */
const HIDING = new RegExp(
  [
    // Terminal codes, with or without their escape character, and terminal links.
    String.raw`(?<code>${ESC}(?:\[[0-9;:?]{0,40}[ -/]{0,2}[@-~]|\][^\x07\x1b\n\0]{0,300}(?:\x07|\x1b\\)|[()][A-Z0-9])`,
    String.raw`\[\d{0,3}(?:;\d{1,3}){0,5}[mK]`,
    String.raw`[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff])`,
    '%(?<percent>[0-7][0-9a-fA-F])',
    String.raw`\\{1,8}(?:(?<letter>[nrtbfv])|x(?<hex>[0-7][0-9a-fA-F])|u00(?<unicode>[0-7][0-9a-fA-F])|u[0-9a-fA-F]{4}|(?<quote>["'\x60]))`,
    String.raw`&(?:(?<entity>quot|amp|lt|gt|apos|nbsp)|#(?<number>\d{2,3})|#[xX](?<entityHex>[0-9a-fA-F]{2}));`,
  ].join('|'),
  'g',
);
const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
  nbsp: ' ',
};

/** The view of a text; null if it would be equal to the text. */
export function plainView(original: string): PlainView | null {
  const parts: string[] = [];
  const starts = new Uint32Array(original.length);
  const ends = new Uint32Array(original.length);
  let length = 0;
  let from = 0;
  const keep = (to: number): void => {
    parts.push(original.slice(from, to));
    for (let at = from; at < to; at += 1, length += 1) {
      starts[length] = at;
      ends[length] = at + 1;
    }
  };
  for (const match of original.matchAll(HIDING)) {
    keep(match.index);
    from = match.index + match[0].length;
    const character = decode(match.groups ?? {});
    if (character === '') continue;
    parts.push(character);
    starts[length] = match.index;
    ends[length] = from;
    length += 1;
  }
  if (from === 0) return null;
  keep(original.length);
  return {
    text: parts.join(''),
    original: ([start, end]) => [starts[start] ?? 0, ends[end - 1] ?? 0],
  };
}

/** The character that an escape represents; empty for invisible characters. */
function decode(groups: Readonly<Record<string, string | undefined>>): string {
  if (groups.code !== undefined) return '';
  if (groups.letter !== undefined) return groups.letter === 't' ? '\t' : '\n';
  if (groups.quote !== undefined) return groups.quote;
  if (groups.entity !== undefined) return ENTITIES[groups.entity] ?? ' ';
  if (groups.number !== undefined) return visible(Number(groups.number));
  const hex = groups.percent ?? groups.hex ?? groups.unicode ?? groups.entityHex;
  return hex === undefined ? ' ' : visible(Number.parseInt(hex, 16));
}

/** NUL separates texts that are searched together, so that an escape must not produce one. */
const visible = (code: number): string => (code === 0 ? ' ' : String.fromCharCode(code));
