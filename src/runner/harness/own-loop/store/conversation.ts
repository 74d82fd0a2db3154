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

/** A message, with what became of the calls in it. */
export type Entry = { readonly message: ModelMessage; readonly outcomes: Map<string, Outcome> };

/**
 * What was said and done in a thread, as the model is told it: in memory, and on disk before it counts. A subagent has
 * one of its own in the same file, which nobody takes up again: after a crash its task is what is not known.
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

  /** Takes up the conversation of a thread. Calls whose result was never recorded get the result that nobody knows it. */
  static open(storeFolder: string): Conversation {
    const file = ConversationFile.open(storeFolder);
    const conversation = new Conversation(file);
    for (const record of file.records) conversation.#apply(record);
    conversation.#settleUnknown(file.records);
    return conversation;
  }

  /** Of a subagent, which works on the task of the call `parent`. */
  ofTask(parent: string): Conversation {
    return new Conversation(this.#file, parent);
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Commands of earlier processes, some of which may still run. */
  get processes(): readonly ProcessIdentity[] {
    return this.#file.records.filter((record) => record.type === 'process');
  }

  get messages(): readonly ModelMessage[] {
    return messagesOf(this.#entries);
  }

  /** What the last turn was worked on with: one that does not name its model or mode continues with it. */
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
    this.#take(record);
  }

  /** Of the thread itself. */
  #apply(record: Record): void {
    const isOfTask = 'parent' in record && record.parent !== undefined;
    if (!isOfTask) this.#take(record);
  }

  #take(record: Record): void {
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

  #settleUnknown(records: readonly Record[]): void {
    for (const { message, outcomes } of [...this.#entries]) {
      for (const { toolCallId, toolName } of callsIn(message)) {
        if (outcomes.has(toolCallId)) continue;
        const call = { callId: toolCallId, name: toolName };
        this.addOutcome('recovery', call, unknownOutcome(toolCallId, records));
      }
    }
  }
}

/** As a service takes them. Every call has a result; one that is still open is not asked about. */
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
