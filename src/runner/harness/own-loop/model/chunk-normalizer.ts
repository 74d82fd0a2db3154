import { type Fields, fieldsOf } from '../../../../lib/fields.ts';

const ROLES: ReadonlySet<unknown> = new Set(['assistant', '', null, undefined]);

/**
 * Converts the chunks of one streamed answer to the format of Chat Completions. Servers that call themselves compatible
 * differ in many details, each of which is named where it is handled.
 */
export class ChunkNormalizer {
  /** The index of each tool call, by the id from the server. */
  readonly #indexes = new Map<string, number>();
  #lastIndex = -1;
  #hasFinished = false;
  #hasCalls = false;

  /** Undefined for an empty chunk. */
  read(raw: unknown): unknown {
    const chunk = fieldsOf(raw);
    // Ollama, LM Studio: the error is a string.
    if (typeof chunk.error === 'string') return { error: { message: chunk.error } };
    if (typeof chunk.error === 'object' && chunk.error !== null) return chunk;
    // Some servers end with `choices: null`, and some send a chunk for their filters, without choices.
    const choices = Array.isArray(chunk.choices)
      ? chunk.choices.map((one) => this.#choice(one))
      : [];
    return { ...chunk, choices, usage: usageOf(chunk) };
  }

  /**
   * The missing finish chunk of a stream that ended cleanly: ports of llama.cpp and proxies omit the finish reason.
   */
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
    // A complete message instead of a delta: servers that cannot stream tool calls.
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
    const index = this.#indexOf(id, name, call.index);
    return { ...call, id, index, function: { name, arguments: textOf(called.arguments) } };
  }

  /** Gemini's endpoint gives all calls the index 0, others none: then a new id or name starts a new call. */
  #indexOf(id: string | undefined, name: string | undefined, index: unknown): number {
    const known = id === undefined ? undefined : this.#indexes.get(id);
    if (known !== undefined) return known;
    const numericIndex = typeof index === 'string' ? Number(index) : index;
    const isTaken = [...this.#indexes.values()].includes(Number(numericIndex));
    const startsCall =
      name !== undefined && (typeof numericIndex !== 'number' || (id !== undefined && isTaken));
    const position = startsCall
      ? this.#lastIndex + 1
      : typeof numericIndex === 'number'
        ? numericIndex
        : this.#lastIndex;
    this.#lastIndex = Math.max(this.#lastIndex, position, 0);
    if (id !== undefined) this.#indexes.set(id, Math.max(0, position));
    return Math.max(0, position);
  }
}

/** Ollama sends arguments as an object. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? undefined : JSON.stringify(value);
}

/** `function_call`, the predecessor of tool calls. */
function legacyCall({ function_call: call }: Fields): readonly unknown[] {
  return typeof call === 'object' && call !== null ? [{ index: 0, function: call }] : [];
}

/** Groq has usage in another field. Values that are not numbers are left out. */
function usageOf(chunk: Fields): unknown {
  const usage = chunk.usage ?? fieldsOf(chunk.x_groq).usage;
  if (typeof usage !== 'object' || usage === null) return null;
  return Object.fromEntries(
    Object.entries(usage).filter(
      ([, value]) => typeof value === 'number' || typeof value === 'object',
    ),
  );
}

/** The chunks for a response that is not streamed. */
export function chunksOfResponse(raw: unknown): readonly unknown[] {
  const { choices, usage, ...rest } = fieldsOf(raw);
  const allChoices = Array.isArray(choices) ? choices : [];
  return [
    { ...rest, choices: allChoices },
    { choices: [], usage },
  ];
}
