import { withCloudName } from '../../contract/cloud-name.ts';
import type { EventView } from '../../contract/event-views.ts';
import { fieldsOf } from '../../lib/fields.ts';
import { isTranscriptEvent, itemOfEvent } from '../../transcript/event-item.ts';
import type { ToolCallItem } from '../../transcript/item.ts';
import { clockTime } from '../terminal/clock-time.ts';
import { type Line, line, quiet, type Tone, toned } from '../terminal/lines.ts';
import { cleanText, pad, truncate, widthOf } from '../terminal/text.ts';
import { describeEvent } from './event-line.ts';
import { type EventNames, eventNames, type KnownSession } from './event-names.ts';
import { textField } from './fields.ts';
import { planDiffLines } from './plan.ts';
import { readToolCall } from './tool-call.ts';
import { signs } from './words.ts';

export type TranscriptOptions = {
  readonly unicode: boolean;
  /** As far as it is known now. */
  readonly session: () => KnownSession;
  /** Leaves out what agents say and do, and minor facts: what is left is worth a line while watching. */
  readonly transitionsOnly?: boolean;
};

type Speech = {
  readonly kind: 'text' | 'thinking';
  readonly turnId: unknown;
  readonly at: string;
  /** What is not printed yet, by the items that brought it. */
  readonly pieces: readonly SpeechPiece[];
  /** Lines of it are on the screen. */
  readonly isPrinted: boolean;
};
type SpeechPiece = { readonly itemId: string; readonly text: string };

const textOf = ({ pieces }: Pick<Speech, 'pieces'>): string =>
  pieces.map(({ text }) => text).join('');

/** Minor facts after which an agent says nothing more of what it was saying. */
const ENDS_SPEECH = new Set(['RunEnded', 'StreamEnded', 'HandoffStored']);

/** What a person changed in the plan that they approved. */
function editedPlanLines({ type, plan }: EventView): Line[] {
  const proposed = textField(fieldsOf(plan), 'proposed');
  const edited = textField(fieldsOf(plan), 'edited');
  if (type !== 'GateAnswered' || proposed === undefined || edited === undefined) return [];
  return planDiffLines({ proposed, edited }, '    ');
}

const CUT_OFF = 'The last text was cut off; it is repeated.';

/** Names longer than this are cut, so that the text keeps its room. */
const NAME_LIMIT = 20;

/**
 * Turns events into lines for reading: the text of an agent is joined from its deltas, a tool call is one line, and
 * everything else is a sentence. Only complete lines are returned; `flush` returns the rest.
 */
export class Transcript {
  readonly #options: TranscriptOptions;
  readonly #names: EventNames;
  readonly #speech = new Map<string, Speech>();
  readonly #announcedCalls = new Set<string>();
  /** What was said last of each agent, where only transitions are shown. */
  readonly #lastWords = new Map<string | null, string>();

  constructor(options: TranscriptOptions) {
    this.#options = options;
    this.#names = eventNames(options.session, signs(options.unicode).arrow);
  }

  push(event: EventView): Line[] {
    const isBrief = this.#options.transitionsOnly === true;
    if (isTranscriptEvent(event.type)) return isBrief ? [] : this.#item(event, event.agentId ?? '');
    const sentence = describeEvent(event, this.#names, this.#options.session().backend);
    if (sentence === null || (isBrief && sentence.isMinor)) return [];
    // The same again, such as another try that was put off, is no transition.
    if (isBrief && this.#lastWords.get(event.agentId) === sentence.text) return [];
    this.#lastWords.set(event.agentId, sentence.text);
    return [
      ...this.#spokenBefore(event, sentence.isMinor),
      this.#line(event.at, event.agentId, toned(sentence.tone, sentence.text)),
      ...(isBrief ? [] : editedPlanLines(event)),
    ];
  }

  /** What was said before a fact, and stands before it. A minor one may come in the middle of a sentence. */
  #spokenBefore({ type, agentId }: EventView, isMinor: boolean): Line[] {
    if (isMinor && !ENDS_SPEECH.has(type)) return [];
    return agentId === null ? this.flush() : this.#endSpeech(agentId);
  }

  /** What agents were in the middle of saying. */
  flush(): Line[] {
    return [...this.#speech.keys()].flatMap((agentId) => this.#endSpeech(agentId));
  }

  #item(event: EventView, agentId: string): Line[] {
    const item = itemOfEvent(event);
    switch (item?.kind) {
      case 'text':
      case 'thinking':
        return this.#speak(item.kind, event, item.text);
      case 'retracted':
        return this.#retract(item.itemIds, event.at, agentId);
      case 'boundary':
      case 'usage':
        return this.#endSpeech(agentId);
      case 'tool-call':
        return this.#toolCall(item, event.at, agentId);
      case 'notice': {
        const tone = item.level === 'info' ? 'quiet' : 'attention';
        return [
          ...this.#endSpeech(agentId),
          this.#line(event.at, agentId, toned(tone, this.#notice(item.text))),
        ];
      }
      default:
        // Counters, what nobody here knows, and facts that lifecycle events tell better.
        return [];
    }
  }

  #notice(text: string): string {
    return withCloudName(this.#options.session().backend, cleanText(text));
  }

  #speak(kind: Speech['kind'], event: EventView, text: string): Line[] {
    const { at, cursorRunId, turnId = cursorRunId } = event;
    const agentId = event.agentId ?? '';
    const before = this.#speech.get(agentId);
    const isAnother = before !== undefined && (before.kind !== kind || before.turnId !== turnId);
    const ended = isAnother ? this.#endSpeech(agentId) : [];
    const speech = this.#speech.get(agentId) ?? { kind, turnId, at, pieces: [], isPrinted: false };
    const lines = (textOf(speech) + text).split('\n');
    const rest = lines.pop() ?? '';
    const itemId = String(event.itemId ?? event.seq);
    // Where a line has ended, what is left of it came with this item.
    const pieces =
      lines.length === 0 ? [...speech.pieces, { itemId, text }] : [{ itemId, text: rest }];
    this.#speech.set(agentId, {
      kind,
      turnId,
      at: textOf(speech) === '' ? at : speech.at,
      pieces,
      isPrinted: speech.isPrinted || lines.length > 0,
    });
    return [...ended, ...lines.map((one) => this.#spoken(speech, agentId, one))];
  }

  /** The agent says it again from its first word; what is on the screen stays there. */
  #retract(itemIds: readonly string[], at: string, agentId: string): Line[] {
    const speech = this.#speech.get(agentId);
    if (speech !== undefined) {
      const pieces = speech.pieces.filter(({ itemId }) => !itemIds.includes(itemId));
      this.#speech.set(agentId, { ...speech, pieces, isPrinted: false });
      if (!speech.isPrinted) return [];
    }
    return [...this.#endSpeech(agentId), this.#line(at, agentId, quiet(CUT_OFF))];
  }

  #endSpeech(agentId: string | null): Line[] {
    const speech = this.#speech.get(agentId ?? '');
    this.#speech.delete(agentId ?? '');
    if (speech === undefined || textOf(speech).trim() === '') return [];
    return [this.#spoken(speech, agentId ?? '', textOf(speech))];
  }

  #spoken(speech: Speech, agentId: string, text: string): Line {
    const tone: Tone = speech.kind === 'thinking' ? 'quiet' : 'plain';
    return this.#line(speech.at, agentId, toned(tone, cleanText(text).trimEnd()));
  }

  #toolCall(item: ToolCallItem, at: string, agentId: string): Line[] {
    const call = readToolCall(item);
    const before = this.#endSpeech(agentId);
    const { tool } = signs(this.#options.unicode);
    const key = `${agentId} ${call.callId}`;
    const title = `${tool} ${call.name} ${call.argument}`.trimEnd();
    if (call.outcome === null) {
      // A bare frame may come first; the one that names the argument is worth a line.
      if (call.argument === '' || this.#announcedCalls.has(key)) return before;
      this.#announcedCalls.add(key);
      return [...before, this.#line(at, agentId, toned('busy', title))];
    }
    const { failed, words } = call.outcome;
    const verdict = failed ? `failed${words === '' ? '' : `: ${words}`}` : words || 'ok';
    const lead = this.#announcedCalls.delete(key) ? `${tool} ${call.name}` : title;
    const span = toned(failed ? 'bad' : 'quiet', `${lead} ${this.#arrow()} ${verdict}`);
    return [...before, this.#line(at, agentId, span)];
  }

  #arrow(): string {
    return signs(this.#options.unicode).arrow;
  }

  #line(at: string, agentId: string | null, span: Line[number]): Line {
    const name = agentId === null || agentId === '' ? '' : this.#names.agent(agentId);
    const ellipsis = this.#options.unicode ? '…' : '...';
    // Names may come to be known while it runs, so that the width is taken again.
    const widths = this.#options.session().agents.map((agent) => widthOf(agent.name));
    const width = Math.min(NAME_LIMIT, Math.max(0, ...widths));
    const column = pad(truncate(name, width, ellipsis), width);
    return line(quiet(clockTime(at)), `  ${column}  `, span);
  }
}
