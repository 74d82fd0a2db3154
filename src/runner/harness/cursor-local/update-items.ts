import type { NewItem } from '../adapter.ts';
import { clip } from '../clip.ts';
import { boundary, notice, other, speech, toolOutput } from '../new-items.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { sdkFolderOf } from './sdk-folder.ts';
import { ShellOutput } from './shell-output.ts';
import { parseUpdate, type ToolCallUpdate, type Update, type UpdateUsage } from './update.ts';

/** Turns the updates of one turn into transcript items at the door. */
export class UpdateItems {
  readonly #outside: OutsidePaths;
  readonly #output = new ShellOutput();
  readonly #tokens: Record<string, number> = {};
  #hasBegunCall = false;
  /** Text or thinking came since the last boundary. */
  #hasSpoken = false;

  constructor(cwd: string) {
    this.#outside = new OutsidePaths(cwd, [sdkFolderOf(cwd)]);
  }

  /** A tool call may have changed something: the prompt must not be sent again. */
  get hasBegunCall(): boolean {
    return this.#hasBegunCall;
  }

  /** Tokens of all that ended so far; null when nothing was reported. */
  get tokens(): Readonly<Record<string, number>> | null {
    return Object.keys(this.#tokens).length === 0 ? null : this.#tokens;
  }

  /** The prompt was sent, maybe not for the first time. */
  beginAttempt(): void {
    this.#hasSpoken = false;
  }

  read(raw: unknown): readonly NewItem[] {
    const update = parseUpdate(raw);
    return update === null ? [unknownUpdate(raw)] : this.#itemsOf(update);
  }

  #itemsOf(update: Update): readonly NewItem[] {
    switch (update.type) {
      case 'text-delta':
        return this.#speech('text', update.text);
      case 'thinking-delta':
        return this.#speech('thinking', update.text);
      case 'tool-call-started':
      case 'tool-call-completed':
        return this.#call(update);
      case 'tool-call-delta':
        return this.#nested(update);
      case 'shell-output-delta':
        return this.#output.read(update.event);
      case 'turn-ended':
        return [...this.#boundary(), ...this.#usage(update.usage)];
      case 'step-started':
      case 'step-completed':
      case 'user-message-appended':
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

  #speech(kind: 'text' | 'thinking', text: string): readonly NewItem[] {
    if (text === '') return [];
    this.#hasSpoken = true;
    return [speech(kind, text)];
  }

  #boundary(): readonly NewItem[] {
    if (!this.#hasSpoken) return [];
    this.#hasSpoken = false;
    return [boundary];
  }

  #call(update: ToolCallUpdate, callId = update.callId): readonly NewItem[] {
    const { toolCall, type } = update;
    const name = toolCall.name ?? toolCall.type ?? 'unknown';
    this.#hasBegunCall = true;
    this.#hasSpoken = false;
    if (type === 'tool-call-completed') {
      this.#output.end(callId);
      return [callItem(callId, name, toolCall)];
    }
    if (name === 'shell') this.#output.begin(callId);
    const warnings = this.#outside.ofCall(name, toolCall.args);
    return [callItem(callId, name, { args: toolCall.args }), ...warnings.map(warn)];
  }

  /** What a sub-agent says is the output of its task; what it does is told like the agent's own doing. */
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

function callItem(
  callId: string,
  name: string,
  call: { readonly args?: unknown; readonly result?: unknown },
): NewItem {
  const args = clip(call.args);
  const result = clip(resultOf(call.result));
  const isTruncated = args.isClipped || result.isClipped;
  return {
    kind: 'tool-call',
    dataText: JSON.stringify({
      callId,
      name,
      status: statusOf(call.result),
      args: args.value,
      result: result.value,
      ...(isTruncated ? { truncated: { args: args.isClipped, result: result.isClipped } } : {}),
    }),
  };
}

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
  const item = other(typeof type === 'string' ? type : 'unknown', clip(raw).value);
  return item.dataText.length > MAX_UNKNOWN_LENGTH ? other(String(type), null) : item;
}

// Any object may be asked for any field.
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
