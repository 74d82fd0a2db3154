export type Fence = {
  /** The info string after the opening fence, e.g. `rehearse`. */
  readonly info: string;
  readonly content: string;
  /** Offset of the opening fence in the text. */
  readonly start: number;
  readonly end: number;
};

export type Heading = { readonly level: number; readonly title: string; readonly start: number };

export type Outline = { readonly fences: readonly Fence[]; readonly headings: readonly Heading[] };

type OpenFence = {
  readonly marker: string;
  readonly info: string;
  readonly start: number;
  readonly lines: string[];
};

/**
 * Finds the top-level fenced blocks and headings of a Markdown text. The content of a fence is not searched: a block
 * that is quoted inside a longer fence does not count, so quoted prompts cannot act as scripts.
 */
export function outlineOf(text: string): Outline {
  const fences: Fence[] = [];
  const headings: Heading[] = [];
  let open: OpenFence | undefined;
  let offset = 0;
  for (const line of text.split('\n')) {
    const end = offset + line.length;
    const bare = line.replace(/\r$/, '');
    if (open !== undefined) {
      if (closes(bare, open.marker)) {
        fences.push({ info: open.info, content: open.lines.join('\n'), start: open.start, end });
        open = undefined;
      } else {
        open.lines.push(bare);
      }
    } else {
      open = opening(bare, offset);
      const heading = headingOf(bare, offset);
      if (heading !== undefined) headings.push(heading);
    }
    offset = end + 1;
  }
  // An unclosed fence extends to the end of the text, as CommonMark defines it.
  if (open !== undefined) {
    const content = open.lines.join('\n');
    fences.push({ info: open.info, content, start: open.start, end: text.length });
  }
  return { fences, headings };
}

/** Trimmed step by step: a single pattern would backtrack for very long on a line of spaces or `#` characters. */
function headingOf(line: string, start: number): Heading | undefined {
  const marks = /^ {0,3}(#{1,6})(?=\s)/.exec(line)?.[1];
  if (marks === undefined) return undefined;
  let title = line.trim().slice(marks.length).trim();
  if (title.endsWith('#')) {
    let end = title.length;
    while (title[end - 1] === '#') end -= 1;
    title = title.slice(0, end).trimEnd();
  }
  return title === '' ? undefined : { level: marks.length, title, start };
}

function opening(line: string, start: number): OpenFence | undefined {
  const match = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/.exec(line);
  if (match?.[1] === undefined) return undefined;
  return { marker: match[1], info: (match[2] ?? '').trim(), start, lines: [] };
}

function closes(line: string, marker: string): boolean {
  const match = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line);
  const fence = match?.[1];
  return fence !== undefined && fence[0] === marker[0] && fence.length >= marker.length;
}
