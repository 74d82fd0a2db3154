import type { Appearance } from '../terminal/appearance.ts';
import { type Line, line, lineWidth, paint, quiet, type Span } from '../terminal/lines.ts';
import { cleanLine, truncate, widthOf } from '../terminal/text.ts';

export type Column = {
  readonly title: string;
  /** Columns of a lower rank leave first when the screen is narrow; 0 never leaves. */
  readonly rank: number;
  /** May be cut down to this width before columns leave. */
  readonly shrinkTo?: number;
};

const GAP = 2;

/** Rows below a quiet head, never wider than `width`: wide columns shrink first, then the least needed leave. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  options: Pick<Appearance, 'color' | 'unicode'> & { readonly width: number },
): string[] {
  const clean = rows.map((row) => row.map((cell) => ({ ...cell, text: cleanLine(cell.text) })));
  const layout = layOut(columns, clean, options.width);
  const head = layout.map(({ index, width }) =>
    cellSpans(quiet(columns[index]?.title ?? ''), width, options.unicode),
  );
  const body = clean.map((row) =>
    layout.map(({ index, width }) => cellSpans(row[index] ?? quiet(''), width, options.unicode)),
  );
  return [head, ...body].map((cells) => paint(joinCells(cells), options, options.width));
}

type Placed = { readonly index: number; readonly width: number };

function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  width: number,
): Placed[] {
  const natural = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[index]?.text ?? ''))),
  );
  let shown = columns.map((_, index) => index);
  while (shown.length > 1) {
    const placed = shrink(columns, natural, shown, width);
    if (total(placed) <= width) return placed;
    const leaving = shown.reduce((worst, index) =>
      rankOf(columns, index) > rankOf(columns, worst) ? index : worst,
    );
    if (rankOf(columns, leaving) === 0) return placed;
    shown = shown.filter((index) => index !== leaving);
  }
  return shrink(columns, natural, shown, width);
}

const rankOf = (columns: readonly Column[], index: number): number => columns[index]?.rank ?? 0;
const total = (placed: readonly Placed[]): number =>
  placed.reduce((sum, { width }) => sum + width, GAP * (placed.length - 1));

/** Takes what is too much from the columns that allow it, the widest first. */
function shrink(
  columns: readonly Column[],
  natural: readonly number[],
  shown: readonly number[],
  width: number,
): Placed[] {
  let placed = shown.map((index) => ({ index, width: natural[index] ?? 0 }));
  for (let excess = total(placed) - width; excess > 0; excess = total(placed) - width) {
    const shrinkable = placed.filter(
      ({ index, width: now }) => now > (columns[index]?.shrinkTo ?? now),
    );
    const widest = shrinkable.sort((one, other) => other.width - one.width)[0];
    if (widest === undefined) break;
    const least = columns[widest.index]?.shrinkTo ?? 0;
    const next = { ...widest, width: Math.max(least, widest.width - excess) };
    placed = placed.map((entry) => (entry.index === widest.index ? next : entry));
  }
  return placed;
}

function cellSpans(cell: Span, width: number, unicode: boolean): Line {
  const text = truncate(cell.text, width, unicode ? '…' : '...');
  const shown = line({ ...cell, text });
  return [...shown, ...line(' '.repeat(Math.max(0, width - lineWidth(shown))))];
}

const joinCells = (cells: readonly Line[]): Line =>
  cells.flatMap((cell, index) => (index === 0 ? cell : [...line(' '.repeat(GAP)), ...cell]));
