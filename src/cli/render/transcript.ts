import { withCloudName } from '../../contract/cloud-name.ts';
import type { EventView } from '../../contract/event-views.ts';
import { fieldsOf } from '../../lib/fields.ts';
import { isTranscriptEvent, itemOfEvent } from '../../transcript/event-item.ts';
import type { ToolCallItem } from '../../transcript/item.ts';
import { clockTime } from '../terminal/clock-time.ts';
import { type Line, line, quiet, type Tone, toned } from '../terminal/lines.ts';
import { cleanText, pad, truncate, widthOf } from '../terminal/text.ts';
import { describeEvent } from './event-line.ts';
import { type EventNames, eventNames, type SessionNames } from './event-names.ts';
import { textField } from './fields.ts';
import { planDiffLines } from './plan.ts';
import { signs } from './status.ts';
import { readToolCall } from './tool-call.ts';

export type TranscriptOptions = {
  readonly unicode: boolean;
  /** Returns the current state of the session. */
  readonly session: () => SessionNames;
  /** Omits the output of agents and minor events, for watching. */
  readonly transitionsOnly?: boolean;
};

type PendingText = {
  readonly kind: 'text' | 'thinking';
  readonly turnId: unknown;
  readonly at: string;
  /** The text that is not printed yet, by item. */
  readonly pieces: readonly TextPiece[];
  /** Whether lines of it were already printed. */
  readonly isPrinted: boolean;
};
type TextPiece = { readonly itemId: string; readonly text: string };

const textOf = ({ pieces }: Pick<PendingText, 'pieces'>): string =>
  pieces.map(({ text }) => text).join('');

/** Minor events that end the current text of an agent. */
const ENDS_TEXT = new Set(['RunEnded', 'StreamEnded', 'HandoffStored']);

/** The user's edits of an approved plan. */
function editedPlanLines({ type, plan }: EventView): Line[] {
  const proposed = textField(fieldsOf(plan), 'proposed');
  const edited = textField(fieldsOf(plan), 'edited');
  if (type !== 'GateAnswered' || proposed === undefined || edited === undefined) return [];
  return planDiffLines({ proposed, edited }, '    ');
}

const REPEATED_TEXT = 'The last text was cut off; it is repeated.';

/** Longer names are truncated to leave enough room for the text. */
const MAX_NAME_WIDTH = 20;

/**
 * Converts events to lines: the text of an agent is joined from its pieces, a tool call is one line, and everything else is
 * a sentence. `push` returns only complete lines; `flush` returns the rest.
 */
export class Transcript {
  readonly #options: TranscriptOptions;
  readonly #names: EventNames;
  readonly #pending = new Map<string, PendingText>();
  readonly #announcedCalls = new Set<string>();
  /** The last sentence about each agent, to omit repetitions when only transitions are shown. */
  readonly #lastSentences = new Map<string | null, string>();

  constructor(options: TranscriptOptions) {
    this.#options = options;
    this.#names = eventNames(options.session, signs(options.unicode).arrow);
  }

  push(event: EventView): Line[] {
    const isBrief = this.#options.transitionsOnly === true;
    if (isTranscriptEvent(event.type)) return isBrief ? [] : this.#item(event, event.agentId ?? '');
    const sentence = describeEvent(event, this.#names, this.#options.session().backend);
    if (sentence === null || (isBrief && sentence.isMinor)) return [];
    // A repetition, such as another deferred attempt, is not a transition.
    if (isBrief && this.#lastSentences.get(event.agentId) === sentence.text) return [];
    this.#lastSentences.set(event.agentId, sentence.text);
    return [
      ...this.#flushBefore(event, sentence.isMinor),
      this.#line(event.at, event.agentId, toned(sentence.tone, sentence.text)),
      ...(isBrief ? [] : editedPlanLines(event)),
    ];
  }

  /** Flushes the text that precedes an event. Minor events may occur in the middle of a text. */
  #flushBefore({ type, agentId }: EventView, isMinor: boolean): Line[] {
    if (isMinor && !ENDS_TEXT.has(type)) return [];
    return agentId === null ? this.flush() : this.#flushText(agentId);
  }

  /** Returns the unfinished text of all agents. */
  flush(): Line[] {
    return [...this.#pending.keys()].flatMap((agentId) => this.#flushText(agentId));
  }

  #item(event: EventView, agentId: string): Line[] {
    const item = itemOfEvent(event);
    switch (item?.kind) {
      case 'text':
      case 'thinking':
        return this.#appendText(item.kind, event, item.text);
      case 'retracted':
        return this.#retract(item.itemIds, event.at, agentId);
      case 'boundary':
      case 'usage':
        return this.#flushText(agentId);
      case 'tool-call':
        return this.#toolCall(item, event.at, agentId);
      case 'notice': {
        const tone = item.level === 'info' ? 'quiet' : 'attention';
        return [
          ...this.#flushText(agentId),
          this.#line(event.at, agentId, toned(tone, this.#notice(item.text))),
        ];
      }
      default:
        // Live tool output, and items of unknown kinds.
        return [];
    }
  }

  #notice(text: string): string {
    return withCloudName(this.#options.session().backend, cleanText(text));
  }

  #appendText(kind: PendingText['kind'], event: EventView, text: string): Line[] {
    const { at, cursorRunId, turnId = cursorRunId } = event;
    const agentId = event.agentId ?? '';
    const before = this.#pending.get(agentId);
    const isNewText = before !== undefined && (before.kind !== kind || before.turnId !== turnId);
    const ended = isNewText ? this.#flushText(agentId) : [];
    const pending = this.#pending.get(agentId) ?? {
      kind,
      turnId,
      at,
      pieces: [],
      isPrinted: false,
    };
    const lines = (textOf(pending) + text).split('\n');
    const rest = lines.pop() ?? '';
    const itemId = String(event.itemId ?? event.seq);
    // If a line has ended, the rest came with this item.
    const pieces =
      lines.length === 0 ? [...pending.pieces, { itemId, text }] : [{ itemId, text: rest }];
    this.#pending.set(agentId, {
      kind,
      turnId,
      at: textOf(pending) === '' ? at : pending.at,
      pieces,
      isPrinted: pending.isPrinted || lines.length > 0,
    });
    return [...ended, ...lines.map((textLine) => this.#textLine(pending, agentId, textLine))];
  }

  /** The agent streams the text again from its start. Lines that were printed cannot be removed. */
  #retract(itemIds: readonly string[], at: string, agentId: string): Line[] {
    const pending = this.#pending.get(agentId);
    if (pending !== undefined) {
      const pieces = pending.pieces.filter(({ itemId }) => !itemIds.includes(itemId));
      this.#pending.set(agentId, { ...pending, pieces, isPrinted: false });
      if (!pending.isPrinted) return [];
    }
    return [...this.#flushText(agentId), this.#line(at, agentId, quiet(REPEATED_TEXT))];
  }

  #flushText(agentId: string | null): Line[] {
    const pending = this.#pending.get(agentId ?? '');
    this.#pending.delete(agentId ?? '');
    if (pending === undefined || textOf(pending).trim() === '') return [];
    return [this.#textLine(pending, agentId ?? '', textOf(pending))];
  }

  #textLine(pending: PendingText, agentId: string, text: string): Line {
    const tone: Tone = pending.kind === 'thinking' ? 'quiet' : 'plain';
    return this.#line(pending.at, agentId, toned(tone, cleanText(text).trimEnd()));
  }

  #toolCall(item: ToolCallItem, at: string, agentId: string): Line[] {
    const call = readToolCall(item);
    const before = this.#flushText(agentId);
    const { tool } = signs(this.#options.unicode);
    const key = `${agentId} ${call.callId}`;
    const title = `${tool} ${call.name} ${call.argument}`.trimEnd();
    if (call.outcome === null) {
      // The first item may lack the arguments; the call is shown once they are known.
      if (call.argument === '' || this.#announcedCalls.has(key)) return before;
      this.#announcedCalls.add(key);
      return [...before, this.#line(at, agentId, toned('busy', title))];
    }
    const { failed, text } = call.outcome;
    const outcomeText = failed ? `failed${text === '' ? '' : `: ${text}`}` : text || 'ok';
    const prefix = this.#announcedCalls.delete(key) ? `${tool} ${call.name}` : title;
    const span = toned(failed ? 'bad' : 'quiet', `${prefix} ${this.#arrow()} ${outcomeText}`);
    return [...before, this.#line(at, agentId, span)];
  }

  #arrow(): string {
    return signs(this.#options.unicode).arrow;
  }

  #line(at: string, agentId: string | null, span: Line[number]): Line {
    const name = agentId === null || agentId === '' ? '' : this.#names.agent(agentId);
    const ellipsis = this.#options.unicode ? '…' : '...';
    // Names may become known later, so the width is computed each time.
    const widths = this.#options.session().agents.map((agent) => widthOf(agent.name));
    const width = Math.min(MAX_NAME_WIDTH, Math.max(0, ...widths));
    const column = pad(truncate(name, width, ellipsis), width);
    return line(quiet(clockTime(at)), `  ${column}  `, span);
  }
}
