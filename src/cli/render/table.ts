import type { Appearance } from '../terminal/appearance.ts';
import { type Line, line, lineWidth, paint, quiet, type Span } from '../terminal/lines.ts';
import { cleanLine, truncate, widthOf } from '../terminal/text.ts';

export type Column = {
  readonly title: string;
  /** On narrow screens, columns with the highest number are dropped first; columns with 0 are never dropped. */
  readonly dropOrder: number;
  /** The column may be narrowed to this width before columns are dropped. */
  readonly shrinkTo?: number;
};

const GAP = 2;

/** Renders rows with a header, never wider than `width`: wide columns are narrowed first, then columns are dropped. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  options: Pick<Appearance, 'color' | 'unicode'> & { readonly width: number },
): string[] {
  const clean = rows.map((row) => row.map((cell) => ({ ...cell, text: cleanLine(cell.text) })));
  const layout = computeLayout(columns, clean, options.width);
  const head = layout.map(({ index, width }) =>
    cellSpans(quiet(columns[index]?.title ?? ''), width, options.unicode),
  );
  const body = clean.map((row) =>
    layout.map(({ index, width }) => cellSpans(row[index] ?? quiet(''), width, options.unicode)),
  );
  return [head, ...body].map((cells) => paint(joinCells(cells), options, options.width));
}

type ColumnLayout = { readonly index: number; readonly width: number };

function computeLayout(
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  width: number,
): ColumnLayout[] {
  const natural = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[index]?.text ?? ''))),
  );
  let visible = columns.map((_, index) => index);
  while (visible.length > 1) {
    const layout = shrink(columns, natural, visible, width);
    if (total(layout) <= width) return layout;
    const dropped = visible.reduce((candidate, index) =>
      dropOrderOf(columns, index) > dropOrderOf(columns, candidate) ? index : candidate,
    );
    if (dropOrderOf(columns, dropped) === 0) return layout;
    visible = visible.filter((index) => index !== dropped);
  }
  return shrink(columns, natural, visible, width);
}

const dropOrderOf = (columns: readonly Column[], index: number): number =>
  columns[index]?.dropOrder ?? 0;
const total = (layout: readonly ColumnLayout[]): number =>
  layout.reduce((sum, { width }) => sum + width, GAP * (layout.length - 1));

/** Narrows the columns that allow it, the widest first, until the table fits. */
function shrink(
  columns: readonly Column[],
  natural: readonly number[],
  visible: readonly number[],
  width: number,
): ColumnLayout[] {
  let layout = visible.map((index) => ({ index, width: natural[index] ?? 0 }));
  for (let excess = total(layout) - width; excess > 0; excess = total(layout) - width) {
    const shrinkable = layout.filter(
      ({ index, width: now }) => now > (columns[index]?.shrinkTo ?? now),
    );
    const widest = shrinkable.sort((left, right) => right.width - left.width)[0];
    if (widest === undefined) break;
    const minimum = columns[widest.index]?.shrinkTo ?? 0;
    const next = { ...widest, width: Math.max(minimum, widest.width - excess) };
    layout = layout.map((entry) => (entry.index === widest.index ? next : entry));
  }
  return layout;
}

function cellSpans(cell: Span, width: number, unicode: boolean): Line {
  const text = truncate(cell.text, width, unicode ? '…' : '...');
  const visible = line({ ...cell, text });
  return [...visible, ...line(' '.repeat(Math.max(0, width - lineWidth(visible))))];
}

const joinCells = (cells: readonly Line[]): Line =>
  cells.flatMap((cell, index) => (index === 0 ? cell : [...line(' '.repeat(GAP)), ...cell]));
