import type { AssistantModelMessage, ModelMessage, UserModelMessage } from 'ai';
import type { ProcessIdentity } from '../../../../lib/process.ts';
import { ConversationFile } from './conversation-file.ts';
import type { Outcome, Record } from './record.ts';
import { callsIn, toolMessage } from './tool-message.ts';
import { unknownOutcome } from './unknown-outcome.ts';

export type TurnChoice = {
  readonly model?: string | undefined;
  readonly modelParameters?: { [name: string]: string } | undefined;
  readonly mode?: 'agent' | 'plan' | undefined;
};

/** A message with the outcomes of its calls. */
export type Entry = { readonly message: ModelMessage; readonly outcomes: Map<string, Outcome> };

/**
 * The conversation of a thread for the model: in memory, and on disk before it counts. Subagents have separate
 * conversations in the same file, which are not resumed: after a crash, the outcome of their task is unknown.
 */
export class Conversation {
  readonly #file: ConversationFile;
  readonly #parent: string | undefined;
  #entries: Entry[] = [];
  #choice: TurnChoice = {};

  private constructor(file: ConversationFile, parent?: string) {
    this.#file = file;
    this.#parent = parent;
  }

  /** Opens the conversation of a thread. Calls without a recorded result get the outcome `unknown`. */
  static open(storeFolder: string): Conversation {
    const file = ConversationFile.open(storeFolder);
    const conversation = new Conversation(file);
    for (const record of file.records) conversation.#applyUnlessOfTask(record);
    conversation.#addUnknownOutcomes(file.records);
    return conversation;
  }

  /** The conversation of a subagent that works on the task of the call `parent`. */
  forTask(parent: string): Conversation {
    return new Conversation(this.#file, parent);
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Commands of earlier hosts, some of which may still run. */
  get processes(): readonly ProcessIdentity[] {
    return this.#file.records.filter((record) => record.type === 'process');
  }

  get messages(): readonly ModelMessage[] {
    return messagesOf(this.#entries);
  }

  /** The model and mode of the last turn, which a turn without its own uses. */
  get choice(): TurnChoice {
    return this.#choice;
  }

  addPrompt(turnId: string, message: UserModelMessage, choice: TurnChoice = {}): void {
    this.#add({ type: 'prompt', turnId, message, ...choice });
  }

  addAnswer(turnId: string, message: AssistantModelMessage): void {
    this.#add({ type: 'answer', turnId, message, parent: this.#parent });
  }

  addOutcome(
    turnId: string,
    call: { readonly callId: string; readonly name: string },
    outcome: Outcome,
  ): void {
    const { callId, name } = call;
    this.#add({ type: 'outcome', turnId, callId, name, outcome, parent: this.#parent });
  }

  addProcess(identity: ProcessIdentity): void {
    this.#file.append({ type: 'process', ...identity });
  }

  /** Replaces all but the last `kept` entries by a summary. */
  compact(turnId: string, summary: UserModelMessage, kept: number): void {
    if (this.#parent === undefined) this.#add({ type: 'compacted', turnId, summary, kept });
    else this.#compact(summary, kept);
  }

  close(): void {
    this.#file.close();
  }

  #add(record: Record): void {
    this.#file.append(record);
    this.#applyRecord(record);
  }

  /** Applies a record unless it belongs to a subagent. */
  #applyUnlessOfTask(record: Record): void {
    const isOfTask = 'parent' in record && record.parent !== undefined;
    if (!isOfTask) this.#applyRecord(record);
  }

  #applyRecord(record: Record): void {
    switch (record.type) {
      case 'prompt': {
        const { model, modelParameters, mode } = record;
        if (model !== undefined) this.#choice = { model, modelParameters, mode };
        this.#entries.push({ message: record.message, outcomes: new Map() });
        break;
      }
      case 'answer':
        this.#entries.push({ message: record.message, outcomes: new Map() });
        break;
      case 'outcome':
        this.#entryOf(record.callId)?.outcomes.set(record.callId, record.outcome);
        break;
      case 'compacted':
        this.#compact(record.summary, record.kept);
        break;
      case 'process':
        break;
      default:
        record satisfies never;
    }
  }

  #compact(summary: ModelMessage, kept: number): void {
    const recent = kept === 0 ? [] : this.#entries.slice(-kept);
    this.#entries = [{ message: summary, outcomes: new Map() }, ...recent];
  }

  #entryOf(callId: string): Entry | undefined {
    return this.#entries.findLast(({ message }) =>
      callsIn(message).some(({ toolCallId }) => toolCallId === callId),
    );
  }

  #addUnknownOutcomes(records: readonly Record[]): void {
    for (const { message, outcomes } of [...this.#entries]) {
      for (const { toolCallId, toolName } of callsIn(message)) {
        if (outcomes.has(toolCallId)) continue;
        const call = { callId: toolCallId, name: toolName };
        this.addOutcome('recovery', call, unknownOutcome(toolCallId, records));
      }
    }
  }
}

/**
 * The messages in the format of the providers, in which every call has a result. An open call gets the outcome
 * `unknown`.
 */
export function messagesOf(entries: readonly Entry[]): readonly ModelMessage[] {
  return entries.flatMap(({ message, outcomes }) => {
    const calls = callsIn(message);
    if (calls.length === 0) return [message];
    const results = calls.map(({ toolCallId, toolName }) => ({
      callId: toolCallId,
      name: toolName,
      outcome: outcomes.get(toolCallId) ?? unknownOutcome(toolCallId, []),
    }));
    return [message, toolMessage(results)];
  });
}
