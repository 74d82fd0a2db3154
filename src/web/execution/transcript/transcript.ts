import type { EventView } from '../../../contract/event-views.ts';
import { isFlowEvent } from '../../../contract/flow-text.ts';
import { isTranscriptEvent, itemOfEvent } from '../../../transcript/event-item.ts';
import type { ToolCallItem, ToolOutputItem } from '../../../transcript/item.ts';
import { editedPlanOf, noteOf, promptOf } from './event-rows.ts';
import { appendRow, mergeToolCalls, unnamedTool, unnamedToolRow } from './merge-rows.ts';
import type { ToolRow, TranscriptRow } from './rows.ts';
import { TextBuffer } from './text-buffer.ts';
import { removeItems } from './text-segments.ts';
import { appendOutput } from './tool-output.ts';

/** Kinds that leave the text buffer as it is; any other item flushes it first. */
const bufferedKinds: ReadonlySet<string> = new Set(['text', 'thinking', 'boundary', 'usage']);

/** Call ids are unique only within a run. */
const runIdOf = (event: EventView): string => String(event.cursorRunId ?? event.turnId);

/** Folds the events of one agent into rows. Mutable, because a transcript may have 100,000 events. */
export class Transcript {
  rows: TranscriptRow[] = [];
  lastSeq = 0;
  private readonly toolIndexes = new Map<string, number>();
  private readonly endedRuns = new Set<string>();
  /** Calls of which only output is loaded: they began in an earlier part. */
  private readonly outputOnlyCalls = new Set<string>();
  /** Items that no longer count, because they were streamed again after an interruption. */
  private retracted = new Set<string>();
  /** The previous message has ended. */
  private startsNewMessage = false;
  /** Text that is not in a row yet. */
  private textBuffer: TextBuffer | null = null;

  /** Appends events in the order of `seq`; known ones are skipped. */
  append(events: readonly EventView[]): void {
    for (const event of events) {
      if (event.seq <= this.lastSeq) continue;
      this.lastSeq = event.seq;
      if (isTranscriptEvent(event.type)) this.applyItem(event);
      else this.applyEvent(event);
    }
    this.flushText();
  }

  /** Prepends earlier events, in the order of `seq`, none of which are known. */
  prepend(events: readonly EventView[]): void {
    const front = new Transcript();
    front.retracted = this.retracted;
    front.append(events);
    const rows = [...front.rows];
    // Text continues across the boundary of the two parts, also where a tool call between them is merged into the
    // earlier part.
    let separator: string | null = '';
    for (const row of this.rows) {
      if (front.completeTool(row, rows, this.outputOnlyCalls)) separator ??= '';
      else if (separator === null) rows.push(row);
      else separator = appendRow(rows, row, separator) ? '\n\n' : null;
    }
    this.rows = rows;
    const own = new Set(this.toolIndexes.keys());
    this.indexTools();
    for (const call of this.outputOnlyCalls)
      if (front.toolIndexes.has(call) && !front.outputOnlyCalls.has(call))
        this.outputOnlyCalls.delete(call);
    for (const call of front.outputOnlyCalls) if (!own.has(call)) this.outputOnlyCalls.add(call);
    for (const run of front.endedRuns) this.endedRuns.add(run);
    this.markUnfinishedTools();
  }

  private indexTools(): void {
    this.toolIndexes.clear();
    for (const [index, row] of this.rows.entries())
      if (row.kind === 'tool') this.toolIndexes.set(row.call, index);
  }

  /** Merges a row of a later part into a tool call that began here. Returns false for any other row. */
  private completeTool(
    later: TranscriptRow,
    rows: TranscriptRow[],
    outputOnlyCalls: ReadonlySet<string>,
  ): boolean {
    const index = later.kind === 'tool' ? this.toolIndexes.get(later.call) : undefined;
    const begun = index === undefined ? undefined : rows[index];
    if (later.kind !== 'tool' || index === undefined || begun?.kind !== 'tool') return false;
    const status = outputOnlyCalls.has(later.call) ? begun.status : later.status;
    rows[index] = { ...mergeToolCalls(begun, later), status };
    return true;
  }

  /** The tool calls in progress. */
  runningTools(): ToolRow[] {
    return [...this.toolIndexes.values()].flatMap((index) => {
      const row = this.rows[index];
      return row?.kind === 'tool' && row.status === 'running' ? [row] : [];
    });
  }

  /** The end of the agent's latest text, at most `length` characters. */
  lastText(length: number): string {
    const row = this.rows.findLast(({ kind }) => kind === 'text');
    return row?.kind === 'text' ? row.text.slice(-length) : '';
  }

  private applyItem(event: EventView): void {
    const item = itemOfEvent(event);
    if (!bufferedKinds.has(item?.kind ?? '')) this.flushText();
    switch (item?.kind) {
      case 'text':
      case 'thinking':
        this.applyText(item.kind, event, item.text);
        break;
      case 'retracted':
        this.retract(item.itemIds.map((id) => `${runIdOf(event)}:${id}`));
        break;
      case 'tool-call':
        this.applyToolCall(event, item);
        break;
      case 'tool-output':
        this.applyToolOutput(event, item);
        break;
      case 'notice':
        this.rows.push({
          kind: 'note',
          key: `${event.seq}`,
          at: event.at,
          tone: item.level === 'info' ? 'plain' : item.level,
          text: item.text,
        });
        break;
      case 'boundary':
      case 'usage':
        this.startsNewMessage = true;
        break;
      default:
        // Kinds of newer versions are not shown.
        break;
    }
  }

  private applyText(kind: 'text' | 'thinking', event: EventView, text: string): void {
    const itemId = `${runIdOf(event)}:${event.itemId ?? event.seq}`;
    if (text === '' || this.retracted.has(itemId)) return;
    if (this.startsNewMessage || this.textBuffer?.kind !== kind) this.flushText();
    const separator = this.startsNewMessage ? '\n\n' : '';
    this.startsNewMessage = false;
    this.textBuffer ??= new TextBuffer(kind, separator, event, this.rows.at(-1));
    if (this.textBuffer.add(event, itemId, text)) this.flushText();
  }

  private flushText(): void {
    this.textBuffer?.flushInto(this.rows);
    this.textBuffer = null;
  }

  /** Removes text that is streamed again. */
  private retract(itemIds: readonly string[]): void {
    for (const itemId of itemIds) this.retracted.add(itemId);
    const retractedIds = new Set(itemIds);
    this.rows = this.rows.flatMap((row) => {
      if (row.kind !== 'text' && row.kind !== 'thinking') return [row];
      const rest = removeItems(row, retractedIds);
      if (rest === null) return [row];
      return rest.text === '' ? [] : [{ ...row, ...rest }];
    });
    this.indexTools();
  }

  private applyToolCall(event: EventView, item: ToolCallItem): void {
    const callId = item.callId || `${event.seq}`;
    const call = `${runIdOf(event)}:${callId}`;
    const index = this.toolIndexes.get(call);
    const existing = index === undefined ? undefined : this.rows[index];
    const before = existing?.kind === 'tool' ? existing : undefined;
    const row: ToolRow = {
      kind: 'tool',
      key: before?.key ?? `${event.seq}`,
      at: before?.at ?? event.at,
      call,
      name: item.name || before?.name || unnamedTool,
      status: item.status,
      args: item.args ?? before?.args,
      result: item.result ?? before?.result,
      output: before?.output ?? [],
      isTruncated: before?.isTruncated === true || item.isTruncated,
    };
    this.outputOnlyCalls.delete(call);
    this.upsertTool(row);
  }

  private applyToolOutput(event: EventView, { callId, stream, text }: ToolOutputItem): void {
    const call = `${runIdOf(event)}:${callId}`;
    const existing = this.rows[this.toolIndexes.get(call) ?? -1];
    const before: ToolRow =
      existing?.kind === 'tool'
        ? existing
        : unnamedToolRow({ key: `${event.seq}`, at: event.at, call });
    if (existing === undefined) this.outputOnlyCalls.add(call);
    this.upsertTool({ ...before, output: appendOutput(before.output, [{ stream, text }]) });
  }

  private upsertTool(updated: ToolRow): void {
    const hasEnded = updated.status === 'running' && this.isOfEndedRun(updated);
    const row: ToolRow = hasEnded ? { ...updated, status: 'unfinished' } : updated;
    const index = this.toolIndexes.get(row.call);
    if (index !== undefined) {
      this.rows[index] = row;
      return;
    }
    this.toolIndexes.set(row.call, this.rows.length);
    this.rows.push(row);
  }

  /** No tool is running in a run that has ended: calls without a result are unfinished. */
  private markUnfinishedTools(): void {
    for (const index of this.toolIndexes.values()) {
      const row = this.rows[index];
      if (row?.kind === 'tool' && row.status === 'running' && this.isOfEndedRun(row))
        this.rows[index] = { ...row, status: 'unfinished' };
    }
  }

  private isOfEndedRun({ call }: ToolRow): boolean {
    return [...this.endedRuns].some((run) => call.startsWith(`${run}:`));
  }

  private applyEvent(event: EventView): void {
    this.flushText();
    if (event.type === 'RunEnded') {
      this.endedRuns.add(runIdOf(event));
      this.markUnfinishedTools();
    }
    const prompt = promptOf(event);
    const note = noteOf(event);
    const common = { key: `${event.seq}`, at: event.at };
    if (prompt !== null) this.rows.push({ kind: 'prompt', ...common, ...prompt });
    if (isFlowEvent(event)) this.rows.push({ kind: 'flow', ...common, event });
    if (note !== null) this.rows.push({ kind: 'note', ...common, ...note });
    const plan = editedPlanOf(event);
    if (plan !== null)
      this.rows.push({ kind: 'edited-plan', ...common, key: `${event.seq}-plan`, ...plan });
  }
}
