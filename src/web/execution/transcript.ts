import type { EventView } from '../../server/contract/views.ts';

/** What a person reads of an agent's work, one row each. Rows never change; a longer text is a new row. */
export type TranscriptRow =
  | {
      readonly kind: 'text' | 'thinking';
      readonly key: string;
      readonly at: string;
      readonly text: string;
    }
  | {
      readonly kind: 'prompt';
      readonly key: string;
      readonly at: string;
      readonly title: string;
      readonly text: string;
    }
  | ToolRow
  | NoteRow;

export type ToolRow = {
  readonly kind: 'tool';
  readonly key: string;
  readonly at: string;
  readonly callId: string;
  readonly name: string;
  readonly status: 'running' | 'completed' | 'error';
  readonly args: unknown;
  readonly result: unknown;
  readonly isTruncated: boolean;
};

export type NoteRow = {
  readonly kind: 'note';
  readonly key: string;
  readonly at: string;
  readonly tone: 'plain' | 'warning' | 'error';
  readonly text: string;
};

/** Long texts are cut into rows at a blank line, so that a screen never has to lay out a whole book. */
const longRow = 3000;
/** Text without a blank line that fits is cut anyway from here on: every new word would read all of it again. */
const longestRow = 12_000;

/**
 * Folds the events of one agent into rows. Grows in place, because a transcript may hold 100,000 events; `version`
 * changes with every fold that changed something.
 */
export class Transcript {
  readonly rows: TranscriptRow[] = [];
  version = 0;
  lastSeq = 0;
  private readonly toolPlaces = new Map<string, number>();

  /** Takes events in the order of `seq`; those that were taken before are left out. */
  append(events: readonly EventView[]): void {
    for (const event of events) {
      if (event.seq <= this.lastSeq) continue;
      this.lastSeq = event.seq;
      if (event.type === 'StreamEvent') this.takeFrame(event);
      else this.takeFact(event);
    }
    this.version += 1;
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

  private takeFrame(event: EventView): void {
    const data = fieldsOf(event.data);
    switch (event.event) {
      case 'assistant':
        this.takeText('text', event, textIn(data.text));
        break;
      case 'thinking':
        this.takeText('thinking', event, textIn(data.text));
        break;
      case 'tool_call':
        this.takeTool(event, data);
        break;
      default:
        // `interaction_update` repeats these; `status` and `result` come as facts of their own.
        break;
    }
  }

  private takeText(kind: 'text' | 'thinking', event: EventView, text: string): void {
    if (text === '') return;
    const last = this.rows.at(-1);
    if (last?.kind !== kind) {
      this.rows.push({ kind, key: `${event.seq}`, at: event.at, text });
      return;
    }
    const whole = last.text + text;
    const cut = whole.length > longRow ? cutOf(whole) : -1;
    if (cut === -1) {
      this.rows[this.rows.length - 1] = { ...last, text: whole };
      return;
    }
    this.rows[this.rows.length - 1] = { ...last, text: whole.slice(0, cut) };
    this.rows.push({ kind, key: `${event.seq}`, at: event.at, text: whole.slice(cut).trimStart() });
  }

  private takeTool(event: EventView, data: Fields): void {
    const callId = textIn(data.callId) || `${event.seq}`;
    const place = this.toolPlaces.get(`${event.cursorRunId}:${callId}`);
    const known = place === undefined ? undefined : this.rows[place];
    const before = known?.kind === 'tool' ? known : undefined;
    const status = data.status;
    const row: ToolRow = {
      kind: 'tool',
      key: before?.key ?? `${event.seq}`,
      at: before?.at ?? event.at,
      callId,
      name: textIn(data.name) || before?.name || 'tool',
      status: status === 'completed' || status === 'error' ? status : 'running',
      args: data.args ?? before?.args,
      result: data.result ?? before?.result,
      isTruncated: before?.isTruncated === true || isTruncated(data.truncated),
    };
    if (place !== undefined) {
      this.rows[place] = row;
      return;
    }
    this.toolPlaces.set(`${event.cursorRunId}:${callId}`, this.rows.length);
    this.rows.push(row);
  }

  private takeFact(event: EventView): void {
    const prompt = promptIn(event);
    const note = noteOf(event);
    const common = { key: `${event.seq}`, at: event.at };
    if (prompt !== null) this.rows.push({ kind: 'prompt', ...common, ...prompt });
    if (note !== null) this.rows.push({ kind: 'note', ...common, ...note });
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Cursor's payloads are not stable, so every field is looked at before it is used. */
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
const isTruncated = (value: unknown): boolean => Object.values(fieldsOf(value)).some(Boolean);
const messageIn = (value: unknown): string => textIn(fieldsOf(value).message);

/** After the last blank line that stands outside of a code fence, else, in endless text, after a line or a word. */
function cutOf(text: string): number {
  for (let end = text.lastIndexOf('\n\n'); end > 0; end = text.lastIndexOf('\n\n', end - 1)) {
    const fences = text.slice(0, end).match(/^```/gm)?.length ?? 0;
    if (fences % 2 === 0) return end;
  }
  if (text.length < longestRow) return -1;
  const natural = Math.max(text.lastIndexOf('\n'), text.lastIndexOf(' '));
  return natural > 0 ? natural : longestRow;
}

function promptIn(event: EventView): { title: string; text: string } | null {
  if (event.type === 'LaunchIntended')
    return { title: `Attempt ${event.attempt}: prompt`, text: textIn(event.prompt) };
  if (event.type !== 'FollowUpIntended') return null;
  const isRepair = event.purpose === 'handoff-repair';
  return {
    title: isRepair ? 'Asked to repair the hand-off' : 'Follow-up',
    text: textIn(event.prompt),
  };
}

type Note = Pick<NoteRow, 'tone' | 'text'>;

function noteOf(event: EventView): Note | null {
  switch (event.type) {
    case 'Launched':
      return {
        tone: 'plain',
        text: event.adopted === true ? 'Found running in the cloud' : 'Started',
      };
    case 'LaunchUncertain':
    case 'CancelUnconfirmed':
      return { tone: 'warning', text: messageIn(event.failure) };
    case 'LaunchRejected':
    case 'FollowUpRejected':
      return { tone: 'error', text: messageIn(event.failure) };
    case 'StreamGap':
      return {
        tone: 'warning',
        text: `Part of the transcript is missing: ${textIn(event.detail)}`,
      };
    case 'RunEnded': {
      const isFine = event.outcome === 'finished';
      const cause = messageIn(event.failure);
      const notes = Array.isArray(event.notes) ? event.notes.map(textIn).join(' ') : '';
      if (isFine && notes !== '') return { tone: 'warning', text: `Finished. ${notes}` };
      const finished =
        event.isUnconfirmed === true
          ? 'Finished, by the word of the stream alone: the record says nothing yet'
          : 'Finished';
      return isFine
        ? { tone: 'plain', text: finished }
        : { tone: 'error', text: cause || `Ended: ${textIn(event.outcome)}` };
    }
    case 'EndChecked':
      return event.status === 'FINISHED'
        ? { tone: 'plain', text: 'The record agrees that it finished' }
        : { tone: 'warning', text: `The record says ${textIn(event.status)}` };
    case 'RetryRequested':
      return { tone: 'plain', text: 'Tried again on your request' };
    case 'CancelRequested':
      return { tone: 'plain', text: 'Asked to stop' };
    default:
      return null;
  }
}
