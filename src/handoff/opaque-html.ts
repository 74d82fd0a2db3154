import type MarkdownIt from 'markdown-it';

/** The start and end of HTML whose content is not Markdown: CommonMark's HTML blocks 1 and 2. */
const opaque: readonly (readonly [begin: RegExp, end: RegExp])[] = [
  [/^<(?:pre|script|style|textarea)(?=[\s>]|$)/i, /<\/(?:pre|script|style|textarea)\s*>/i],
  [/^<!--/, /-->/],
];

/**
 * Reads `<pre>`, `<script>`, `<style>`, `<textarea>` and comments as one block, so that headings inside them are ignored.
 * An unclosed one is ordinary text. All other HTML is left to Markdown.
 */
export function opaqueHtml(markdown: InstanceType<typeof MarkdownIt>): void {
  markdown.block.ruler.before(
    'fence',
    'opaque_html',
    (state, startLine, endLine, silent) => {
      const { bMarks, tShift, eMarks, sCount, blkIndent, src } = state;
      if ((sCount[startLine] ?? 0) - blkIndent >= 4) return false;
      const lineAt = (line: number) =>
        src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line]);
      const first = lineAt(startLine);
      const kind = opaque.find(([begin]) => begin.test(first));
      if (kind === undefined) return false;
      const [begin, end] = kind;
      let line = startLine;
      let rest = first.replace(begin, '');
      while (!end.test(rest)) {
        line += 1;
        if (line >= endLine || (sCount[line] ?? 0) < blkIndent) return false;
        rest = lineAt(line);
      }
      if (silent) return true;
      state.line = line + 1;
      const token = state.push('html_block', '', 0);
      token.map = [startLine, state.line];
      token.content = src.slice(bMarks[startLine], eMarks[line]);
      return true;
    },
    { alt: ['paragraph', 'reference', 'blockquote'] },
  );
}
