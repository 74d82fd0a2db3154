/** A part of a text that came from one item. */
export type TextSegment = { readonly itemId: string; readonly length: number };

/** A text with the item each part came from. The lengths of the segments add up to that of the text. */
export type SegmentedText = { readonly text: string; readonly segments: readonly TextSegment[] };

/** Concatenates two texts. The separator belongs to the second one. */
export function concatText(
  before: SegmentedText,
  separator: string,
  after: SegmentedText,
): SegmentedText {
  // No item has an empty id, so a separator before an empty text is never removed.
  const [first = { itemId: '', length: 0 }, ...rest] = after.segments;
  return {
    text: before.text + separator + after.text,
    segments: [
      ...before.segments,
      { itemId: first.itemId, length: separator.length + first.length },
      ...rest,
    ],
  };
}

/** Splits a text, and trims the start of the second part. */
export function splitAt(
  { text, segments }: SegmentedText,
  cut: number,
): [SegmentedText, SegmentedText] {
  const rest = text.slice(cut).trimStart();
  return [
    { text: text.slice(0, cut), segments: segmentsBefore(segments, cut) },
    { text: rest, segments: segmentsAfter(segments, text.length - rest.length) },
  ];
}

function segmentsAfter(segments: readonly TextSegment[], start: number): readonly TextSegment[] {
  let skipped = start;
  return segments.flatMap(({ itemId, length }) => {
    const left = Math.max(0, length - skipped);
    skipped = Math.max(0, skipped - length);
    return left === 0 ? [] : [{ itemId, length: left }];
  });
}

function segmentsBefore(segments: readonly TextSegment[], end: number): readonly TextSegment[] {
  let remaining = end;
  return segments.flatMap(({ itemId, length }) => {
    const keptText = Math.min(length, remaining);
    remaining -= keptText;
    return keptText === 0 ? [] : [{ itemId, length: keptText }];
  });
}

/** Removes the parts that came from some items; null if there are none. */
export function removeItems(
  { text, segments }: SegmentedText,
  itemIds: ReadonlySet<string>,
): SegmentedText | null {
  if (!segments.some(({ itemId }) => itemIds.has(itemId))) return null;
  let offset = 0;
  let keptText = '';
  const left: TextSegment[] = [];
  for (const segment of segments) {
    if (!itemIds.has(segment.itemId)) {
      keptText += text.slice(offset, offset + segment.length);
      left.push(segment);
    }
    offset += segment.length;
  }
  return { text: keptText, segments: left };
}
