import MarkdownIt from 'markdown-it';
import { opaqueHtml } from './opaque-html.ts';

/** A top-level heading or paragraph, not one in a quotation or list. Line numbers start at 0. */
export type Block = {
  /** 1 to 6 for headings, 0 for paragraphs. */
  readonly level: number;
  readonly text: string;
  readonly line: number;
  /** The first line after it. */
  readonly end: number;
};

/** A block of code: fenced with backticks or tildes, or indented; also inside a list or a quotation. */
export type CodeBlock = {
  readonly language: string;
  readonly text: string;
  /** The line where its fence starts, and the first line after it. */
  readonly line: number;
  readonly end: number;
};

export type Blocks = {
  readonly lines: readonly string[];
  readonly headings: readonly Block[];
  readonly paragraphs: readonly Block[];
  readonly code: readonly CodeBlock[];
};

// Only the block structure is needed. Most HTML is read as text, so that a fence inside `<details>` is still a fence.
const markdown = new MarkdownIt('commonmark', { maxNesting: 50 });
markdown.core.ruler.enableOnly(['normalize', 'block']);
markdown.block.ruler.disable(['html_block', 'reference']);
markdown.use(opaqueHtml);

/** Reads the block structure of a Markdown document, in linear time. */
export function readBlocks(document: string): Blocks {
  const headings: Block[] = [];
  const paragraphs: Block[] = [];
  const code: CodeBlock[] = [];
  const tokens = markdown.parse(document, {});
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'fence' || token.type === 'code_block') {
      const [line, end] = token.map ?? [0, 0];
      code.push({ language: languageOf(token.info), text: token.content, line, end });
    }
    if (token.level !== 0 || token.map === null) continue;
    const [line, end] = token.map;
    const block = { text: tokens[index + 1]?.content ?? '', line, end };
    if (token.type === 'heading_open')
      headings.push({ ...block, level: Number(token.tag.slice(1)) });
    if (token.type === 'paragraph_open') paragraphs.push({ ...block, level: 0 });
  }
  return { lines: document.split(/\r\n?|\n/), headings, paragraphs, code };
}

/** The first word of a fence's info string, in lower case: `JSON title="a"` and `{.json}` become `json`. */
function languageOf(info: string): string {
  return (/[a-z][\w+/-]*/i.exec(info)?.[0] ?? '').toLowerCase();
}
