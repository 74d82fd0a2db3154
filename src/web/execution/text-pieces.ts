/** A stretch of a text that one item brought. */
export type TextPiece = { readonly itemId: string; readonly length: number };

/** A text, and which item brought what of it: the lengths add up to that of the text. */
export type PiecedText = { readonly text: string; readonly pieces: readonly TextPiece[] };

/** One text after the other. What stands between them belongs to the second one. */
export function joined(before: PiecedText, between: string, after: PiecedText): PiecedText {
  // No item has an empty id, so what stands before an empty text is never taken away.
  const [first = { itemId: '', length: 0 }, ...rest] = after.pieces;
  return {
    text: before.text + between + after.text,
    pieces: [
      ...before.pieces,
      { itemId: first.itemId, length: between.length + first.length },
      ...rest,
    ],
  };
}

/** A text in two, without the white space at the beginning of the second. */
export function cutAt({ text, pieces }: PiecedText, cut: number): [PiecedText, PiecedText] {
  const rest = text.slice(cut).trimStart();
  return [
    { text: text.slice(0, cut), pieces: piecesUpTo(pieces, cut) },
    { text: rest, pieces: piecesFrom(pieces, text.length - rest.length) },
  ];
}

function piecesFrom(pieces: readonly TextPiece[], start: number): readonly TextPiece[] {
  let skipped = start;
  return pieces.flatMap(({ itemId, length }) => {
    const left = Math.max(0, length - skipped);
    skipped = Math.max(0, skipped - length);
    return left === 0 ? [] : [{ itemId, length: left }];
  });
}

function piecesUpTo(pieces: readonly TextPiece[], end: number): readonly TextPiece[] {
  let room = end;
  return pieces.flatMap(({ itemId, length }) => {
    const kept = Math.min(length, room);
    room -= kept;
    return kept === 0 ? [] : [{ itemId, length: kept }];
  });
}

/** The text without what some items brought; null if they brought nothing of it. */
export function withoutItems(
  { text, pieces }: PiecedText,
  itemIds: ReadonlySet<string>,
): PiecedText | null {
  if (!pieces.some(({ itemId }) => itemIds.has(itemId))) return null;
  let place = 0;
  let kept = '';
  const left: TextPiece[] = [];
  for (const piece of pieces) {
    if (!itemIds.has(piece.itemId)) {
      kept += text.slice(place, place + piece.length);
      left.push(piece);
    }
    place += piece.length;
  }
  return { text: kept, pieces: left };
}
