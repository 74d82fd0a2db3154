import {
  type AssistantModelMessage,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import type { Tool } from '../tools/tool.ts';
import type { RequestSettings } from './request-settings.ts';
import { callsInText } from './text-calls.ts';
import { type Tokens, tokensOf } from './usage.ts';

export type ModelRequest = {
  readonly model: LanguageModel;
  readonly api: 'chat-completions' | 'anthropic-messages';
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly Tool[];
  /** JSON Schema that the provider enforces; absent if it does not support that. */
  readonly outputSchema?: object | undefined;
  readonly settings: RequestSettings;
  readonly signal: AbortSignal;
};

/** Receives the model's text as it is streamed. Resolves when there is room for more. */
export type Listener = (kind: 'text' | 'thinking', text: string) => Promise<void>;

export type ModelAnswer = {
  readonly message: AssistantModelMessage;
  readonly text: string;
  readonly calls: readonly {
    readonly callId: string;
    readonly name: string;
    readonly input: unknown;
  }[];
  readonly tokens: Tokens | null;
  readonly finishReason: string;
};

/** The request failed or its answer was cut. `hasBegun`: part of the answer had arrived. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly hasBegun: boolean;

  constructor(cause: unknown, hasBegun: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.hasBegun = hasBegun;
  }
}

type AnswerPart = Exclude<AssistantModelMessage['content'], string>[number];

// Warnings are also part of the results, and a host has no console.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** Asks for the next message of the model, without retries. Throws `RequestFailed`, or the reason of the signal. */
export async function askModel(request: ModelRequest, listener: Listener): Promise<ModelAnswer> {
  const { settings, signal } = request;
  let hasBegun = false;
  try {
    const { others: _, contextTokens: __, ...known } = settings;
    const result = streamText({
      ...known,
      model: request.model,
      instructions: instructionsFor(request),
      messages: withCacheMark(request),
      tools: toolSet(request.tools),
      // Retries are done by the caller, which reports them and respects the provider's delay.
      maxRetries: 0,
      abortSignal: signal,
      onError: () => {},
      ...(request.outputSchema === undefined
        ? {}
        : { output: Output.object({ schema: jsonSchema(request.outputSchema) }) }),
      providerOptions: {
        compatible: { strictJsonSchema: false },
        anthropic: { structuredOutputMode: 'outputFormat' },
      },
    });
    // Awaited below after the stream; an earlier error leaves them unhandled.
    const { finishReason, usage, response } = result;
    for (const promise of [finishReason, usage, response]) Promise.resolve(promise).catch(() => {});
    for await (const part of result.stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') throw signal.reason;
      hasBegun ||= /-(start|delta)$|^tool-call$/.test(part.type) && part.type !== 'start-step';
      if (part.type === 'text-delta') await listener('text', part.text);
      if (part.type === 'reasoning-delta') await listener('thinking', part.text);
    }
    const message = (await response).messages.find(({ role }) => role === 'assistant');
    return answerOf(request, message, await finishReason, tokensOf(await usage));
  } catch (error) {
    signal.throwIfAborted();
    throw new RequestFailed(error, hasBegun);
  }
}

/** Marks the constant part of requests for the provider's prompt cache, which makes it cheaper. */
const CACHED = { anthropic: { cacheControl: { type: 'ephemeral' } } } as const;

const instructionsFor = ({ instructions }: ModelRequest) => ({
  role: 'system' as const,
  content: instructions,
  providerOptions: CACHED,
});

function withCacheMark({ messages, api }: ModelRequest): ModelMessage[] {
  if (api !== 'anthropic-messages') return [...messages];
  return messages.map((message, index) =>
    index === messages.length - 1
      ? { ...message, providerOptions: { ...message.providerOptions, ...CACHED } }
      : message,
  );
}

/** Without `execute`, the library only returns the calls, which we run. */
function toolSet(tools: readonly Tool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      name,
      tool({ description, inputSchema: jsonSchema(inputSchema) }),
    ]),
  );
}

function answerOf(
  { tools }: ModelRequest,
  message: ModelMessage | undefined,
  finishReason: string,
  tokens: Tokens | null,
): ModelAnswer {
  const content = message?.role === 'assistant' ? message.content : '';
  const parts: readonly AnswerPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const isKnown = (name: string) => tools.some((one) => one.name === name);
  const allParts = parts.some(({ type }) => type === 'tool-call')
    ? parts
    : withTextCalls(parts, isKnown);
  const nonEmpty = allParts.filter((part) => part.type !== 'text' || part.text !== '');
  return {
    message: { role: 'assistant', content: [...nonEmpty] },
    text: nonEmpty.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    calls: nonEmpty.flatMap((part) =>
      part.type === 'tool-call'
        ? [{ callId: part.toolCallId, name: part.toolName, input: part.input }]
        : [],
    ),
    tokens,
    finishReason,
  };
}

function withTextCalls(
  parts: readonly AnswerPart[],
  isKnown: (name: string) => boolean,
): readonly AnswerPart[] {
  return parts.flatMap((part): readonly AnswerPart[] => {
    if (part.type !== 'text') return [part];
    const { calls, rest } = callsInText(part.text, isKnown);
    return [
      { ...part, text: rest },
      ...calls.map(({ name, input }) => ({
        type: 'tool-call' as const,
        toolCallId: `call-${crypto.randomUUID()}`,
        toolName: name,
        input,
      })),
    ];
  });
}
