import type { EventView } from '../../contract/event-views.ts';
import { cutAt, joined, type TextPiece } from './text-pieces.ts';
import type { TextRow, TranscriptRow } from './transcript-rows.ts';
import { cutOf, longestRow, longRow } from './transcript-seam.ts';

/**
 * Words that came one after the other and are not in a row yet. Rows never change, so each word on its own would make
 * a row of all the words before it; these are put into one together, with the same rows as the outcome.
 */
export class GrowingText {
  readonly kind: TextRow['kind'];
  private readonly between: string;
  private readonly first: EventView;
  private last: EventView;
  private text = '';
  private readonly pieces: TextPiece[] = [];
  /** Of the row that they will be added to, and with them. */
  private rowLength: number;
  private ending: string;

  constructor(kind: TextRow['kind'], between: string, first: EventView, before?: TranscriptRow) {
    this.kind = kind;
    this.between = between;
    this.first = first;
    this.last = first;
    const row = before?.kind === kind ? before.text : '';
    this.rowLength = row === '' ? 0 : row.length + between.length;
    this.ending = row.slice(-1) + between;
  }

  /** True when the row may have to be cut now, so that the words must not wait for others. */
  add(event: EventView, itemId: string, text: string): boolean {
    const wasLong = this.rowLength > longRow;
    this.last = event;
    this.text += text;
    this.pieces.push({ itemId, length: text.length });
    this.rowLength += text.length;
    const hasBlankLine = `${this.ending}${text}`.includes('\n\n');
    this.ending = text.slice(-1);
    if (this.rowLength <= longRow) return false;
    // Where a long row could not be cut, only another blank line or its length changes that.
    return !wasLong || hasBlankLine || this.rowLength >= longestRow;
  }

  putInto(rows: TranscriptRow[]): void {
    const { kind, pieces, first, last } = this;
    const before = rows.at(-1);
    const isContinued = before?.kind === kind;
    const own = { text: this.text, pieces };
    const whole = isContinued ? joined(before, this.between, own) : own;
    const row = isContinued ? before : { kind, key: `${first.seq}`, at: first.at };
    const mayBeCut = (isContinued || pieces.length > 1) && whole.text.length > longRow;
    const cut = mayBeCut ? cutOf(whole.text) : -1;
    if (isContinued) rows.pop();
    if (cut === -1) {
      rows.push({ ...row, ...whole });
      return;
    }
    const [start, rest] = cutAt(whole, cut);
    rows.push({ ...row, ...start }, { kind, key: `${last.seq}`, at: last.at, ...rest });
  }
}
