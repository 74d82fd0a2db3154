import type { EventView } from '../../../contract/event-views.ts';
import { findRowBreak, hardRowLimit, softRowLimit } from './merge-rows.ts';
import type { TextRow, TranscriptRow } from './rows.ts';
import { concatText, splitAt, type TextSegment } from './text-segments.ts';

/**
 * Collects consecutive text that is not in a row yet. Rows are immutable, so adding each fragment separately would copy
 * the whole row every time; adding them together gives the same rows.
 */
export class TextBuffer {
  readonly kind: TextRow['kind'];
  private readonly separator: string;
  private readonly first: EventView;
  private last: EventView;
  private text = '';
  private readonly segments: TextSegment[] = [];
  /** Length of the row including the buffered text. */
  private rowLength: number;
  private lastCharacters: string;

  constructor(kind: TextRow['kind'], separator: string, first: EventView, before?: TranscriptRow) {
    this.kind = kind;
    this.separator = separator;
    this.first = first;
    this.last = first;
    const row = before?.kind === kind ? before.text : '';
    this.rowLength = row === '' ? 0 : row.length + separator.length;
    this.lastCharacters = row.slice(-1) + separator;
  }

  /** Returns true if the row may have to be split now, so that the buffer must be flushed. */
  add(event: EventView, itemId: string, text: string): boolean {
    const wasOverLimit = this.rowLength > softRowLimit;
    this.last = event;
    this.text += text;
    this.segments.push({ itemId, length: text.length });
    this.rowLength += text.length;
    const hasBlankLine = `${this.lastCharacters}${text}`.includes('\n\n');
    this.lastCharacters = text.slice(-1);
    if (this.rowLength <= softRowLimit) return false;
    // If a long row had no break, only another blank line or the hard limit changes that.
    return !wasOverLimit || hasBlankLine || this.rowLength >= hardRowLimit;
  }

  flushInto(rows: TranscriptRow[]): void {
    const { kind, segments, first, last } = this;
    const before = rows.at(-1);
    const isContinued = before?.kind === kind;
    const added = { text: this.text, segments };
    const whole = isContinued ? concatText(before, this.separator, added) : added;
    const row = isContinued ? before : { kind, key: `${first.seq}`, at: first.at };
    const mayBeCut = (isContinued || segments.length > 1) && whole.text.length > softRowLimit;
    const cut = mayBeCut ? findRowBreak(whole.text) : -1;
    if (isContinued) rows.pop();
    if (cut === -1) {
      rows.push({ ...row, ...whole });
      return;
    }
    const [start, rest] = splitAt(whole, cut);
    rows.push({ ...row, ...start }, { kind, key: `${last.seq}`, at: last.at, ...rest });
  }
}
