import type { EventView } from '../../contract/event-views.ts';
import { isFlowEvent } from '../../contract/flow-text.ts';
import { isTranscriptEvent, itemOfEvent } from '../../transcript/event-item.ts';
import type { ToolCallItem, ToolOutputItem } from '../../transcript/item.ts';
import { GrowingText } from './growing-text.ts';
import { withoutItems } from './text-pieces.ts';
import { joinedOutput } from './tool-output.ts';
import { editedPlanIn, noteOf, promptIn } from './transcript-facts.ts';
import type { ToolRow, TranscriptRow } from './transcript-rows.ts';
import { joinOnto, unnamedTool, wholeCall } from './transcript-seam.ts';

/** Words that follow each other may wait for more of them; before anything else they are put into rows. */
const leavesRowsAlone: ReadonlySet<string> = new Set(['text', 'thinking', 'boundary', 'usage']);

/** Calls of different runs can have the same id. */
const runOf = (event: EventView): string => String(event.cursorRunId ?? event.turnId);

/**
 * Folds the events of one agent into rows. Grows in place, because a transcript may hold 100,000 events; `version`
 * changes with every fold that changed something.
 */
export class Transcript {
  rows: TranscriptRow[] = [];
  version = 0;
  lastSeq = 0;
  private readonly toolPlaces = new Map<string, number>();
  private readonly endedRuns = new Set<string>();
  /** Calls of which only what they print is known yet: they began in an earlier part. */
  private readonly onlyOutput = new Set<string>();
  /** Of items that no longer count, because the agent said them again after a cut. */
  private retracted = new Set<string>();
  /** A message has ended, so that what comes next is another one. */
  private isBetweenMessages = false;
  /** Read, and not in a row yet. */
  private growing: GrowingText | null = null;

  /** Takes events in the order of `seq`; those that were taken before are left out. */
  append(events: readonly EventView[]): void {
    for (const event of events) {
      if (event.seq <= this.lastSeq) continue;
      this.lastSeq = event.seq;
      if (isTranscriptEvent(event.type)) this.takeItem(event);
      else this.takeFact(event);
    }
    this.putText();
    this.version += 1;
  }

  /** Takes the part that came before everything that is known: events in the order of `seq`, and none of them known. */
  prepend(events: readonly EventView[]): void {
    const front = new Transcript();
    front.retracted = this.retracted;
    front.append(events);
    const rows = [...front.rows];
    // Text continues over the seam between two parts, and where a tool call stood that began before it.
    let seam: string | null = '';
    for (const row of this.rows) {
      if (front.takeEndOf(row, rows, this.onlyOutput)) seam ??= '';
      else if (seam === null) rows.push(row);
      else seam = joinOnto(rows, row, seam) ? '\n\n' : null;
    }
    this.rows = rows;
    const own = new Set(this.toolPlaces.keys());
    this.findTools();
    for (const call of this.onlyOutput)
      if (front.toolPlaces.has(call) && !front.onlyOutput.has(call)) this.onlyOutput.delete(call);
    for (const call of front.onlyOutput) if (!own.has(call)) this.onlyOutput.add(call);
    for (const run of front.endedRuns) this.endedRuns.add(run);
    this.endTools();
    this.version += 1;
  }

  private findTools(): void {
    this.toolPlaces.clear();
    for (const [place, row] of this.rows.entries())
      if (row.kind === 'tool') this.toolPlaces.set(row.call, place);
  }

  /** Ends a tool call that began here with what a later part knows of it. False for any other row. */
  private takeEndOf(
    later: TranscriptRow,
    rows: TranscriptRow[],
    onlyOutput: ReadonlySet<string>,
  ): boolean {
    const place = later.kind === 'tool' ? this.toolPlaces.get(later.call) : undefined;
    const begun = place === undefined ? undefined : rows[place];
    if (later.kind !== 'tool' || place === undefined || begun?.kind !== 'tool') return false;
    const status = onlyOutput.has(later.call) ? begun.status : later.status;
    rows[place] = { ...wholeCall(begun, later), status };
    return true;
  }

  /** Names of the tools that are at work right now. */
  toolsInFlight(): ToolRow[] {
    return [...this.toolPlaces.values()].flatMap((place) => {
      const row = this.rows[place];
      return row?.kind === 'tool' && row.status === 'running' ? [row] : [];
    });
  }

  /** The end of what the agent wrote last. */
  lastWords(length: number): string {
    const row = this.rows.findLast(({ kind }) => kind === 'text');
    return row?.kind === 'text' ? row.text.slice(-length) : '';
  }

  private takeItem(event: EventView): void {
    const item = itemOfEvent(event);
    if (!leavesRowsAlone.has(item?.kind ?? '')) this.putText();
    switch (item?.kind) {
      case 'text':
      case 'thinking':
        this.takeText(item.kind, event, item.text);
        break;
      case 'retracted':
        this.retract(item.itemIds.map((id) => `${runOf(event)}:${id}`));
        break;
      case 'tool-call':
        this.takeTool(event, item);
        break;
      case 'tool-output':
        this.takeOutput(event, item);
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
        this.isBetweenMessages = true;
        break;
      default:
        // What nobody here knows.
        break;
    }
  }

  private takeText(kind: 'text' | 'thinking', event: EventView, text: string): void {
    const itemId = `${runOf(event)}:${event.itemId ?? event.seq}`;
    if (text === '' || this.retracted.has(itemId)) return;
    if (this.isBetweenMessages || this.growing?.kind !== kind) this.putText();
    const between = this.isBetweenMessages ? '\n\n' : '';
    this.isBetweenMessages = false;
    this.growing ??= new GrowingText(kind, between, event, this.rows.at(-1));
    if (this.growing.add(event, itemId, text)) this.putText();
  }

  private putText(): void {
    this.growing?.putInto(this.rows);
    this.growing = null;
  }

  /** Takes away what was said and is said again. */
  private retract(itemIds: readonly string[]): void {
    for (const itemId of itemIds) this.retracted.add(itemId);
    const gone = new Set(itemIds);
    this.rows = this.rows.flatMap((row) => {
      if (row.kind !== 'text' && row.kind !== 'thinking') return [row];
      const left = withoutItems(row, gone);
      if (left === null) return [row];
      return left.text === '' ? [] : [{ ...row, ...left }];
    });
    this.findTools();
  }

  private takeTool(event: EventView, item: ToolCallItem): void {
    const callId = item.callId || `${event.seq}`;
    const call = `${runOf(event)}:${callId}`;
    const place = this.toolPlaces.get(call);
    const known = place === undefined ? undefined : this.rows[place];
    const before = known?.kind === 'tool' ? known : undefined;
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
    this.onlyOutput.delete(call);
    this.putTool(row);
  }

  private takeOutput(event: EventView, { callId, stream, text }: ToolOutputItem): void {
    const call = `${runOf(event)}:${callId}`;
    const known = this.rows[this.toolPlaces.get(call) ?? -1];
    const before: ToolRow =
      known?.kind === 'tool'
        ? known
        : {
            kind: 'tool',
            key: `${event.seq}`,
            at: event.at,
            call,
            name: unnamedTool,
            status: 'running',
            args: undefined,
            result: undefined,
            output: [],
            isTruncated: false,
          };
    if (known === undefined) this.onlyOutput.add(call);
    this.putTool({ ...before, output: joinedOutput(before.output, [{ stream, text }]) });
  }

  private putTool(told: ToolRow): void {
    const isOver = told.status === 'running' && this.isOfEndedRun(told);
    const row: ToolRow = isOver ? { ...told, status: 'unfinished' } : told;
    const place = this.toolPlaces.get(row.call);
    if (place !== undefined) {
      this.rows[place] = row;
      return;
    }
    this.toolPlaces.set(row.call, this.rows.length);
    this.rows.push(row);
  }

  /** Of a run that has ended nothing is at work anymore: what has no result gets none. */
  private endTools(): void {
    for (const place of this.toolPlaces.values()) {
      const row = this.rows[place];
      if (row?.kind === 'tool' && row.status === 'running' && this.isOfEndedRun(row))
        this.rows[place] = { ...row, status: 'unfinished' };
    }
  }

  private isOfEndedRun({ call }: ToolRow): boolean {
    return [...this.endedRuns].some((run) => call.startsWith(`${run}:`));
  }

  private takeFact(event: EventView): void {
    this.putText();
    if (event.type === 'RunEnded') {
      this.endedRuns.add(runOf(event));
      this.endTools();
    }
    const prompt = promptIn(event);
    const note = noteOf(event);
    const common = { key: `${event.seq}`, at: event.at };
    if (prompt !== null) this.rows.push({ kind: 'prompt', ...common, ...prompt });
    if (isFlowEvent(event)) this.rows.push({ kind: 'flow', ...common, event });
    if (note !== null) this.rows.push({ kind: 'note', ...common, ...note });
    const plan = editedPlanIn(event);
    if (plan !== null)
      this.rows.push({ kind: 'edited-plan', ...common, key: `${event.seq}-plan`, ...plan });
  }
}
