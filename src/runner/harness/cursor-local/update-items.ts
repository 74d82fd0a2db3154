import { fieldsOf } from '../../../lib/fields.ts';
import type { NewItem, TurnSink } from '../adapter.ts';
import { clip } from '../clip.ts';
import { boundary, notice, otherItem, textItem, toolCall, toolOutput } from '../new-items.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { RepeatedText } from '../repeated-text.ts';
import { sdkFolderOf } from './sdk-folder.ts';
import { ShellOutput } from './shell-output.ts';
import { parseUpdate, type ToolCallUpdate, type Update, type UpdateUsage } from './update.ts';

/** Turns the updates of one turn into transcript items at the door, and hands them over. */
export class UpdateItems {
  readonly #outside: OutsidePaths;
  readonly #sink: TurnSink;
  readonly #output = new ShellOutput();
  readonly #speech = new RepeatedText();
  readonly #tokens: Record<string, number> = {};
  #hasBegunCall = false;
  /** Text or thinking came since the last boundary. */
  #hasSpoken = false;
  #speaks: 'text' | 'thinking' | null = null;
  /** The last text of the agent, where it was said twice and the SDK has it twice in its result. */
  #repeatedText: string | null = null;

  constructor(cwd: string, sink: TurnSink) {
    this.#sink = sink;
    this.#outside = new OutsidePaths(cwd, [sdkFolderOf(cwd)]);
  }

  /** A tool call may have changed something: the prompt must not be sent again. */
  get hasBegunCall(): boolean {
    return this.#hasBegunCall;
  }

  /** Tokens of everything that ended so far; null when nothing was reported. */
  get tokens(): Readonly<Record<string, number>> | null {
    return Object.keys(this.#tokens).length === 0 ? null : this.#tokens;
  }

  /** What the agent said last, where the SDK's own word for it says it twice; otherwise null. */
  get repeatedText(): string | null {
    return this.#repeatedText;
  }

  /** The prompt was sent, maybe not for the first time. */
  beginAttempt(): void {
    this.#hasSpoken = false;
    this.#repeatedText = null;
    this.#endSpeech();
  }

  /** Settles when there is room for more. */
  read(raw: unknown): Promise<void> {
    const update = parseUpdate(raw);
    if (update === null) return this.#sink.add([unknownUpdate(raw)]);
    if (update.type === 'text-delta') return this.#say('text', update.text);
    if (update.type === 'thinking-delta') return this.#say('thinking', update.text);
    return this.#sink.add(this.#itemsOf(update));
  }

  #itemsOf(update: Exclude<Update, { type: 'text-delta' | 'thinking-delta' }>): readonly NewItem[] {
    switch (update.type) {
      case 'tool-call-started':
      case 'tool-call-completed':
        return this.#call(update);
      case 'tool-call-delta':
        return this.#nested(update);
      case 'shell-output-delta':
        return this.#output.read(update.event);
      case 'turn-ended':
        return [...this.#boundary(), ...this.#usage(update.usage)];
      case 'user-message-appended':
        this.#endSpeech();
        return this.#boundary();
      case 'step-started':
      case 'step-completed':
        return this.#boundary();
      case 'thinking-completed':
      // Arguments of a call that has not begun yet.
      case 'partial-tool-call':
      case 'token-delta':
      case 'tool-requests-listed':
        return [];
      default:
        return update satisfies never;
    }
  }

  #say(kind: 'text' | 'thinking', text: string): Promise<void> {
    if (text === '') return Promise.resolve();
    if (this.#speaks !== kind) this.#endSpeech();
    if (kind === 'text' && this.#speech.text === '') this.#repeatedText = null;
    this.#speaks = kind;
    this.#hasSpoken = true;
    const repetition = this.#speech.add(text, this.#sink.mark());
    const added = this.#sink.add([textItem(kind, text)]);
    if (repetition !== null) {
      this.#sink.retract(repetition.after, repetition.upTo);
      if (kind === 'text') this.#repeatedText = '';
    }
    if (kind === 'text' && this.#repeatedText !== null) this.#repeatedText = this.#speech.text;
    return added;
  }

  /** What is said after this is another text. */
  #endSpeech(): void {
    this.#speech.reset();
    this.#speaks = null;
  }

  #boundary(): readonly NewItem[] {
    if (!this.#hasSpoken) return [];
    this.#hasSpoken = false;
    return [boundary];
  }

  #call(update: ToolCallUpdate, callId = update.callId): readonly NewItem[] {
    const { toolCall: call, type } = update;
    const name = call.name ?? call.type ?? 'unknown';
    this.#hasBegunCall = true;
    this.#hasSpoken = false;
    this.#endSpeech();
    if (type === 'tool-call-completed') {
      this.#output.end(callId);
      return [callItem(callId, name, call)];
    }
    if (name === 'shell') this.#output.begin(callId);
    const warnings = this.#outside.warningsFor(name, call.args);
    return [callItem(callId, name, { args: call.args }), ...warnings.map(warn)];
  }

  /** What a subagent says is the output of its task; what it does is told like the agent's own doing. */
  #nested(update: Extract<Update, { type: 'tool-call-delta' }>): readonly NewItem[] {
    const { callId, taskUpdate } = update;
    if (taskUpdate.type === 'text-delta') return [toolOutput(callId, 'stdout', taskUpdate.text)];
    return this.#call(taskUpdate, `${callId}/${taskUpdate.callId}`);
  }

  /** The SDK counts each stretch of a turn by itself. */
  #usage(usage: UpdateUsage | undefined): readonly NewItem[] {
    if (usage === undefined) return [];
    for (const [name, count] of Object.entries(usage)) {
      this.#tokens[name] = (this.#tokens[name] ?? 0) + (count ?? 0);
    }
    return [{ kind: 'usage', dataText: JSON.stringify(this.#tokens) }];
  }
}

const warn = (text: string): NewItem => notice('warning', text);

const callItem = (
  callId: string,
  name: string,
  { args, result }: { readonly args?: unknown; readonly result?: unknown },
): NewItem => toolCall({ callId, name, status: statusOf(result), args, result: resultOf(result) });

/** The SDK calls every call completed, and tells in the result alone that it failed. */
function statusOf(result: unknown): 'running' | 'completed' | 'error' {
  if (result === undefined) return 'running';
  return fieldsOf(result).status === 'error' ? 'error' : 'completed';
}

/** As the transcript has it for every runtime of Cursor's: `{success}` or `{error}`. */
function resultOf(result: unknown): unknown {
  const { status, value, error } = fieldsOf(result);
  if (status === 'success') return { success: value };
  return status === 'error' ? { error } : result;
}

const MAX_UNKNOWN_LENGTH = 10_000;

function unknownUpdate(raw: unknown): NewItem {
  const { type } = fieldsOf(raw);
  const item = otherItem(typeof type === 'string' ? type : 'unknown', clip(raw).value);
  return item.dataText.length > MAX_UNKNOWN_LENGTH ? otherItem(String(type), null) : item;
}
