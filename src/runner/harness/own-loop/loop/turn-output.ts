import type { NoticeItem } from '../../../../transcript/item.ts';
import type { NewToolRequest, TurnSink } from '../../adapter.ts';
import { boundary, notice, textItem, toolCall, toolOutput } from '../../new-items.ts';
import type { Tokens } from '../model/usage.ts';

/** Maximum live output of a call; its result contains the rest, as far as it is kept. */
const MAX_LIVE_LENGTH = 1_000_000;

/** Adds an agent's text and calls to the transcript of the turn. The text of a subagent is the output of its task. */
export class TurnOutput {
  readonly #sink: TurnSink;
  /** The id of the task call, for a subagent. */
  readonly #parent: string | null;
  #hasText = false;

  constructor(sink: TurnSink, parent: string | null = null) {
    this.#sink = sink;
    this.#parent = parent;
  }

  /** For internal requests: passes on notices only. */
  noticesOnly(): TurnOutput {
    const sink = this.#sink;
    return new TurnOutput({
      add: (items) => sink.add(items.filter(({ kind }) => kind === 'notice')),
      ask: (request, signal) => sink.ask(request, signal),
      mark: () => sink.mark(),
      retract: () => {},
    });
  }

  forTask(callId: string): TurnOutput {
    return new TurnOutput(this.#sink, this.#callIdOf(callId));
  }

  addText(kind: 'text' | 'thinking', text: string): Promise<void> {
    if (text === '') return Promise.resolve();
    this.#hasText = true;
    if (this.#parent === null) return this.#sink.add([textItem(kind, text)]);
    return kind === 'text'
      ? this.#sink.add([toolOutput(this.#parent, 'stdout', text)])
      : Promise.resolve();
  }

  /** The answer is complete. */
  async endAnswer(): Promise<void> {
    if (!this.#hasText) return;
    this.#hasText = false;
    if (this.#parent === null) await this.#sink.add([boundary]);
    else await this.#sink.add([toolOutput(this.#parent, 'stdout', '\n')]);
  }

  mark(): number {
    return this.#sink.mark();
  }

  /** Retracts the text since the mark, because the model repeats it. */
  async retract(mark: number): Promise<void> {
    if (this.#parent === null) this.#sink.retract(mark, this.#sink.mark());
    else if (this.#hasText)
      await this.#sink.add([
        toolOutput(this.#parent, 'stderr', '\n(The text above is repeated.)\n'),
      ]);
    this.#hasText = false;
  }

  notice(level: NoticeItem['level'], text: string): Promise<void> {
    return this.#sink.add([notice(level, text)]);
  }

  usage(tokens: Tokens): Promise<void> {
    return this.#sink.add([{ kind: 'usage', dataText: JSON.stringify(tokens) }]);
  }

  ask(callId: string, request: NewToolRequest, signal: AbortSignal) {
    return this.#sink.ask({ ...request, callId: this.#callIdOf(callId) }, signal);
  }

  startCall(callId: string, name: string, args: unknown): Promise<void> {
    return this.#sink.add([
      toolCall({ callId: this.#callIdOf(callId), name, status: 'running', args }),
    ]);
  }

  endCall(call: Omit<Parameters<typeof toolCall>[0], 'status'> & { readonly isDone: boolean }) {
    const { isDone, ...rest } = call;
    const status = isDone ? 'completed' : 'error';
    return this.#sink.add([toolCall({ ...rest, callId: this.#callIdOf(call.callId), status })]);
  }

  /** Returns a function that adds the live output of a call, up to a limit. */
  liveOutput(callId: string): (stream: 'stdout' | 'stderr', text: string) => void {
    let length = 0;
    return (stream, text) => {
      if (length >= MAX_LIVE_LENGTH) return;
      length += text.length;
      void this.#sink.add([toolOutput(this.#callIdOf(callId), stream, text)]);
      if (length < MAX_LIVE_LENGTH) return;
      const rest = '\n… further output is not shown live …\n';
      void this.#sink.add([toolOutput(this.#callIdOf(callId), 'stderr', rest)]);
    };
  }

  #callIdOf(callId: string): string {
    return this.#parent === null ? callId : `${this.#parent}/${callId}`;
  }
}
