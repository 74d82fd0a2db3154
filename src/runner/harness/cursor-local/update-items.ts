import { fieldsOf } from '../../../lib/fields.ts';
import type { NewItem, TurnSink } from '../adapter.ts';
import { clip } from '../clip.ts';
import { boundary, notice, otherItem, textItem, toolCall, toolOutput } from '../new-items.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { RepeatedText } from '../repeated-text.ts';
import { sdkFolderOf } from './sdk-folder.ts';
import { ShellOutput } from './shell-output.ts';
import { parseUpdate, type ToolCallUpdate, type Update, type UpdateUsage } from './update.ts';

/** Converts the updates of one turn into transcript items and passes them to the sink. */
export class UpdateItems {
  readonly #outside: OutsidePaths;
  readonly #sink: TurnSink;
  readonly #output = new ShellOutput();
  readonly #repeatedTextDetector = new RepeatedText();
  readonly #tokens: Record<string, number> = {};
  #hasBegunCall = false;
  /** There was text or thinking since the last boundary. */
  #hasText = false;
  #openKind: 'text' | 'thinking' | null = null;
  /** The agent's last text if it was repeated, in which case the SDK's result contains it twice. */
  #repeatedText: string | null = null;

  constructor(cwd: string, sink: TurnSink) {
    this.#sink = sink;
    this.#outside = new OutsidePaths(cwd, [sdkFolderOf(cwd)]);
  }

  /** Whether a tool call has started; then the prompt must not be sent again. */
  get hasBegunCall(): boolean {
    return this.#hasBegunCall;
  }

  /** Tokens reported so far; null if there are none. */
  get tokens(): Readonly<Record<string, number>> | null {
    return Object.keys(this.#tokens).length === 0 ? null : this.#tokens;
  }

  /** The agent's last text if the SDK's result repeats it; otherwise null. */
  get repeatedText(): string | null {
    return this.#repeatedText;
  }

  /** Called when the prompt is sent, again or for the first time. */
  beginAttempt(): void {
    this.#hasText = false;
    this.#repeatedText = null;
    this.#endText();
  }

  /** Resolves when there is room for more. */
  read(raw: unknown): Promise<void> {
    const update = parseUpdate(raw);
    if (update === null) return this.#sink.add([unknownUpdate(raw)]);
    if (update.type === 'text-delta') return this.#addText('text', update.text);
    if (update.type === 'thinking-delta') return this.#addText('thinking', update.text);
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
        this.#endText();
        return this.#boundary();
      case 'step-started':
      case 'step-completed':
        return this.#boundary();
      case 'thinking-completed':
      // Arguments of a call that has not started yet.
      case 'partial-tool-call':
      case 'token-delta':
      case 'tool-requests-listed':
        return [];
      default:
        return update satisfies never;
    }
  }

  #addText(kind: 'text' | 'thinking', text: string): Promise<void> {
    if (text === '') return Promise.resolve();
    if (this.#openKind !== kind) this.#endText();
    if (kind === 'text' && this.#repeatedTextDetector.text === '') this.#repeatedText = null;
    this.#openKind = kind;
    this.#hasText = true;
    const repetition = this.#repeatedTextDetector.add(text, this.#sink.mark());
    const added = this.#sink.add([textItem(kind, text)]);
    if (repetition !== null) {
      this.#sink.retract(repetition.after, repetition.upTo);
      if (kind === 'text') this.#repeatedText = '';
    }
    if (kind === 'text' && this.#repeatedText !== null)
      this.#repeatedText = this.#repeatedTextDetector.text;
    return added;
  }

  /** The next piece starts a new text. */
  #endText(): void {
    this.#repeatedTextDetector.reset();
    this.#openKind = null;
  }

  #boundary(): readonly NewItem[] {
    if (!this.#hasText) return [];
    this.#hasText = false;
    return [boundary];
  }

  #call(update: ToolCallUpdate, callId = update.callId): readonly NewItem[] {
    const { toolCall: call, type } = update;
    const name = call.name ?? call.type ?? 'unknown';
    this.#hasBegunCall = true;
    this.#hasText = false;
    this.#endText();
    if (type === 'tool-call-completed') {
      this.#output.end(callId);
      return [callItem(callId, name, call)];
    }
    if (name === 'shell') this.#output.begin(callId);
    const warnings = this.#outside.warningsFor(name, call.args);
    return [callItem(callId, name, { args: call.args }), ...warnings.map(warn)];
  }

  /** The text of a subagent is the output of its task; its calls are added like the agent's own. */
  #nested(update: Extract<Update, { type: 'tool-call-delta' }>): readonly NewItem[] {
    const { callId, taskUpdate } = update;
    if (taskUpdate.type === 'text-delta') return [toolOutput(callId, 'stdout', taskUpdate.text)];
    return this.#call(taskUpdate, `${callId}/${taskUpdate.callId}`);
  }

  /** The SDK counts each part of a turn separately. */
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

/** The SDK calls every call completed; only its result shows that it failed. */
function statusOf(result: unknown): 'running' | 'completed' | 'error' {
  if (result === undefined) return 'running';
  return fieldsOf(result).status === 'error' ? 'error' : 'completed';
}

/** In the form of all of Cursor's runtimes: `{success}` or `{error}`. */
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
