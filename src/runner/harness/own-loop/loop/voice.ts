import type { NoticeItem } from '../../../../transcript/item.ts';
import type { NewToolRequest, TurnSink } from '../../adapter.ts';
import { boundary, notice, textItem, toolCall, toolOutput } from '../../new-items.ts';
import type { Tokens } from '../model/usage.ts';

/** More output of one call is not shown live; the call's result tells the rest, as far as it is kept. */
const MAX_LIVE_LENGTH = 1_000_000;

/** How an agent's doings get into the transcript of the turn. What a subagent says is the output of its task. */
export class Voice {
  readonly #sink: TurnSink;
  /** The call of the task that a subagent works on. */
  readonly #parent: string | null;
  #hasSpoken = false;

  constructor(sink: TurnSink, parent: string | null = null) {
    this.#sink = sink;
    this.#parent = parent;
  }

  /** For what is said to ourselves: only notices are heard. */
  silent(): Voice {
    const sink = this.#sink;
    return new Voice({
      add: (items) => sink.add(items.filter(({ kind }) => kind === 'notice')),
      ask: (request, signal) => sink.ask(request, signal),
      mark: () => sink.mark(),
      retract: () => {},
    });
  }

  ofTask(callId: string): Voice {
    return new Voice(this.#sink, this.#idOf(callId));
  }

  say(kind: 'text' | 'thinking', text: string): Promise<void> {
    if (text === '') return Promise.resolve();
    this.#hasSpoken = true;
    if (this.#parent === null) return this.#sink.add([textItem(kind, text)]);
    return kind === 'text'
      ? this.#sink.add([toolOutput(this.#parent, 'stdout', text)])
      : Promise.resolve();
  }

  /** The answer that was heard is whole. */
  async endAnswer(): Promise<void> {
    if (!this.#hasSpoken) return;
    this.#hasSpoken = false;
    if (this.#parent === null) await this.#sink.add([boundary]);
    else await this.#sink.add([toolOutput(this.#parent, 'stdout', '\n')]);
  }

  mark(): number {
    return this.#sink.mark();
  }

  /** What was said since the mark comes again. */
  async retract(mark: number): Promise<void> {
    if (this.#parent === null) this.#sink.retract(mark, this.#sink.mark());
    else if (this.#hasSpoken)
      await this.#sink.add([
        toolOutput(this.#parent, 'stderr', '\n(The text above is repeated.)\n'),
      ]);
    this.#hasSpoken = false;
  }

  notice(level: NoticeItem['level'], text: string): Promise<void> {
    return this.#sink.add([notice(level, text)]);
  }

  usage(tokens: Tokens): Promise<void> {
    return this.#sink.add([{ kind: 'usage', dataText: JSON.stringify(tokens) }]);
  }

  ask(callId: string, request: NewToolRequest, signal: AbortSignal) {
    return this.#sink.ask({ ...request, callId: this.#idOf(callId) }, signal);
  }

  begin(callId: string, name: string, args: unknown): Promise<void> {
    return this.#sink.add([
      toolCall({ callId: this.#idOf(callId), name, status: 'running', args }),
    ]);
  }

  end(callId: string, name: string, isDone: boolean, args: unknown, result: unknown) {
    const status = isDone ? 'completed' : 'error';
    return this.#sink.add([toolCall({ callId: this.#idOf(callId), name, status, args, result })]);
  }

  /** For what a command prints, up to a length. */
  printer(callId: string): (stream: 'stdout' | 'stderr', text: string) => void {
    let length = 0;
    return (stream, text) => {
      if (length >= MAX_LIVE_LENGTH) return;
      length += text.length;
      void this.#sink.add([toolOutput(this.#idOf(callId), stream, text)]);
      if (length < MAX_LIVE_LENGTH) return;
      const rest = '\n… further output is not shown live …\n';
      void this.#sink.add([toolOutput(this.#idOf(callId), 'stderr', rest)]);
    };
  }

  #idOf(callId: string): string {
    return this.#parent === null ? callId : `${this.#parent}/${callId}`;
  }
}
