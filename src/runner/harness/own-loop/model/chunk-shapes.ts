import { type Fields, fieldsOf } from '../../../../lib/fields.ts';

const ROLES: ReadonlySet<unknown> = new Set(['assistant', '', null, undefined]);

/**
 * Brings the chunks of one streamed answer into the shape of Chat Completions. Servers that call themselves compatible
 * differ in many small ways; each of them is named where it is dealt with.
 */
export class ChunkShapes {
  /** The place of each tool call that has begun, by the id that the server gave it. */
  readonly #places = new Map<string, number>();
  #lastPlace = -1;
  #hasFinished = false;
  #hasCalls = false;

  /** Undefined for a chunk that says nothing. */
  read(raw: unknown): unknown {
    const chunk = fieldsOf(raw);
    // Ollama, LM Studio: the error is a text.
    if (typeof chunk.error === 'string') return { error: { message: chunk.error } };
    if (typeof chunk.error === 'object' && chunk.error !== null) return chunk;
    // Some end with `choices: null`, and some send a chunk for their filters, without any.
    const choices = Array.isArray(chunk.choices)
      ? chunk.choices.map((one) => this.#choice(one))
      : [];
    return { ...chunk, choices, usage: usageOf(chunk) };
  }

  /** What is missing when the stream has ended cleanly: llama.cpp's ports and proxies forget the reason. */
  get missingEnd(): unknown {
    if (this.#hasFinished) return undefined;
    return {
      choices: [{ index: 0, delta: {}, finish_reason: this.#hasCalls ? 'tool_calls' : 'stop' }],
    };
  }

  get hasFinished(): boolean {
    return this.#hasFinished;
  }

  #choice(raw: unknown): unknown {
    const choice = fieldsOf(raw);
    // A whole message instead of a delta: servers that cannot stream tool calls.
    const delta = fieldsOf(choice.delta ?? choice.message);
    const finishReason = typeof choice.finish_reason === 'string' ? choice.finish_reason : '';
    if (finishReason !== '') this.#hasFinished = true;
    const calls = Array.isArray(delta.tool_calls) ? delta.tool_calls : legacyCall(delta);
    return {
      index: 0,
      delta: {
        ...delta,
        role: ROLES.has(delta.role) ? delta.role : 'assistant',
        tool_calls: calls.length === 0 ? undefined : calls.map((call) => this.#call(call)),
      },
      finish_reason: finishReason === '' ? null : finishReason,
    };
  }

  #call(raw: unknown): unknown {
    this.#hasCalls = true;
    const call = fieldsOf(raw);
    const called = fieldsOf(call.function);
    const name = typeof called.name === 'string' && called.name !== '' ? called.name : undefined;
    const id = typeof call.id === 'string' && call.id !== '' ? call.id : undefined;
    const index = this.#placeOf(id, name, call.index);
    return { ...call, id, index, function: { name, arguments: textOf(called.arguments) } };
  }

  /** Gemini's door gives all calls the index 0, others give none: the id, or a name, begins another call. */
  #placeOf(id: string | undefined, name: string | undefined, index: unknown): number {
    const known = id === undefined ? undefined : this.#places.get(id);
    if (known !== undefined) return known;
    const named = typeof index === 'string' ? Number(index) : index;
    const isTaken = [...this.#places.values()].includes(Number(named));
    const begins =
      name !== undefined && (typeof named !== 'number' || (id !== undefined && isTaken));
    const place = begins
      ? this.#lastPlace + 1
      : typeof named === 'number'
        ? named
        : this.#lastPlace;
    this.#lastPlace = Math.max(this.#lastPlace, place, 0);
    if (id !== undefined) this.#places.set(id, Math.max(0, place));
    return Math.max(0, place);
  }
}

/** The arguments as an object, as Ollama has them. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? undefined : JSON.stringify(value);
}

/** `function_call`, from before there were tool calls. */
function legacyCall({ function_call: call }: Fields): readonly unknown[] {
  return typeof call === 'object' && call !== null ? [{ index: 0, function: call }] : [];
}

/** Groq has it elsewhere in its stream. Whatever is no number is left out. */
function usageOf(chunk: Fields): unknown {
  const usage = chunk.usage ?? fieldsOf(chunk.x_groq).usage;
  if (typeof usage !== 'object' || usage === null) return null;
  return Object.fromEntries(
    Object.entries(usage).filter(
      ([, value]) => typeof value === 'number' || typeof value === 'object',
    ),
  );
}

/** A whole answer, from a server that does not stream, as the chunks of one. */
export function chunksOfWhole(raw: unknown): readonly unknown[] {
  const { choices, usage, ...rest } = fieldsOf(raw);
  const whole = Array.isArray(choices) ? choices : [];
  return [
    { ...rest, choices: whole },
    { choices: [], usage },
  ];
}
