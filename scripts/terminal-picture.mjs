// Draws the content of a terminal as SVG. Reads the content with its color codes from standard input:   tmux
// capture-pane -e -p | node scripts/terminal-picture.mjs "Title" > picture.svg
import { readFileSync } from 'node:fs';

const ESCAPE = String.fromCharCode(27);
const CELL = { width: 8.4, height: 20 };
const PADDING = 18;
const BAR = 34;
const palette = {
  background: '#14171f',
  bar: '#1d212b',
  text: '#d7dce6',
  dim: '#7d8596',
  colors: ['#5c6370', '#f07178', '#8fd694', '#e5c07b', '#7aa2f7', '#c792ea', '#67d4e8', '#d7dce6'],
};

const title = process.argv[2] ?? 'Terminal';
const rows = readFileSync(0, 'utf8').replace(/\s+$/, '').split('\n');
process.stdout.write(picture(rows, title));

function picture(lines, caption) {
  let style = {};
  const drawnRows = lines.map((text, row) => {
    const { spans, next } = spansOf(text, style);
    style = next;
    return spans.map((span) => textOf(span, row)).join('');
  });
  const columns = Math.max(...lines.map((text) => withoutEscapes(text).length), 60);
  const width = Math.ceil(columns * CELL.width + 2 * PADDING);
  const height = BAR + lines.length * CELL.height + 2 * PADDING;
  const dots = ['#f07178', '#e5c07b', '#8fd694'].map(
    (fill, index) =>
      `<circle cx="${PADDING + 4 + index * 18}" cy="${BAR / 2}" r="5.5" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(caption)}">
<rect width="100%" height="100%" rx="10" fill="${palette.background}"/>
<path d="M0 ${BAR}V10a10 10 0 0 1 10-10H${width - 10}a10 10 0 0 1 10 10V${BAR}Z" fill="${palette.bar}"/>
${dots.join('')}
<g font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<text x="${width / 2}" y="${BAR / 2 + 5}" fill="${palette.dim}" text-anchor="middle">${escapeXml(caption)}</text>
${drawnRows.filter((row) => row !== '').join('\n')}
</g>
</svg>
`;
}

/** The spans of a line that have the same style, and the style with which the next line begins. */
function spansOf(line, start) {
  const spans = [];
  let style = start;
  let column = 0;
  for (const [index, piece] of line.split(`${ESCAPE}[`).entries()) {
    const end = index === 0 ? -1 : piece.indexOf('m');
    if (end >= 0) style = restyled(style, piece.slice(0, end));
    const text = piece.slice(end + 1);
    if (text.trim() !== '') spans.push({ text, column, style });
    column += [...text].length;
  }
  return { spans, next: style };
}

function restyled(style, codes) {
  let next = style;
  for (const code of codes.split(';')) next = withCode(next, Number(code || 0));
  return next;
}

function withCode(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 39) return { ...style, color: undefined };
  const color = code >= 90 ? code - 90 : code - 30;
  return color >= 0 && color <= 7 ? { ...style, color } : style;
}

/** Draws each run of words separately, because SVG collapses consecutive spaces. */
function textOf({ text, column, style }, row) {
  return [...text.matchAll(/\S+(?: \S+)*/g)]
    .map(({ 0: words, index }) => textElement(words, column + index, row, style))
    .join('');
}

function textElement(words, column, row, style) {
  const x = (PADDING + column * CELL.width).toFixed(1);
  const y = BAR + PADDING + row * CELL.height + 14;
  const defaultFill = style.isDim ? palette.dim : palette.text;
  const fill = style.color === undefined ? defaultFill : palette.colors[style.color];
  const weight = style.isBold ? ' font-weight="bold"' : '';
  // Fonts differ between browsers and terminals. The fixed length keeps the columns aligned.
  const length = ([...words].length * CELL.width).toFixed(1);
  return `<text x="${x}" y="${y}" fill="${fill}"${weight} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(words)}</text>`;
}

function withoutEscapes(line) {
  return line
    .split(`${ESCAPE}[`)
    .map((piece, index) => (index === 0 ? piece : piece.slice(piece.indexOf('m') + 1)))
    .join('');
}

function escapeXml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
