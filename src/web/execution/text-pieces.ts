/** A stretch of a row's text that one item brought. */
export type TextPiece = { readonly itemId: string; readonly length: number };

/** The pieces of a text of which a stretch at its beginning was taken away. */
export function piecesFrom(pieces: readonly TextPiece[], start: number): readonly TextPiece[] {
  let skipped = start;
  return pieces.flatMap(({ itemId, length }) => {
    const left = Math.max(0, length - skipped);
    skipped = Math.max(0, skipped - length);
    return left === 0 ? [] : [{ itemId, length: left }];
  });
}

/** The pieces of a text that was cut after so many characters. */
export function piecesUpTo(pieces: readonly TextPiece[], end: number): readonly TextPiece[] {
  let room = end;
  return pieces.flatMap(({ itemId, length }) => {
    const kept = Math.min(length, room);
    room -= kept;
    return kept === 0 ? [] : [{ itemId, length: kept }];
  });
}

/** The text without what some items brought; null where they brought nothing of it. */
export function withoutItems(
  text: string,
  pieces: readonly TextPiece[],
  itemIds: ReadonlySet<string>,
): { readonly text: string; readonly pieces: readonly TextPiece[] } | null {
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
