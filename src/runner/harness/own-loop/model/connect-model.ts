import { extractReasoningMiddleware, type LanguageModel, wrapLanguageModel } from 'ai';
import { fetch as undiciFetch } from 'undici';
import { fieldsOf } from '../../../../lib/fields.ts';
import { createHttpDispatcher } from '../../../../lib/http-dispatcher.ts';
import { tolerantFetch } from './tolerant-fetch.ts';

export type ModelApi = 'chat-completions' | 'anthropic-messages';

export type ModelConnection = {
  readonly api: ModelApi;
  readonly apiKey: string;
  readonly baseUrl?: string | undefined;
};

/** A service that models are asked from, in this process. */
export type ModelService = {
  readonly api: ModelApi;
  /** `others`: for the body of each request, as they are. */
  model(id: string, others: Readonly<Record<string, unknown>>): LanguageModel;
  /** The service refuses a part of a request that can be left out: whether the request may be repeated without it. */
  adapt(words: string): boolean;
  /** It takes a schema for the answer. Otherwise the schema stands in the prompt. */
  readonly takesSchema: boolean;
  /** What the service says about how long a conversation may be; null if it says nothing. */
  contextTokensOf(id: string): Promise<number | null>;
  close(): Promise<void>;
};

/** The key that stands for none. */
const NO_KEY = 'no-key';
const CONNECT_TIMEOUT_MS = 30_000;
/** Models on the person's own machine read a long prompt for minutes before they say a word. */
const HEADERS_TIMEOUT_MS = 15 * 60_000;
const BODY_TIMEOUT_MS = 10 * 60_000;
const OPENAI_URL = 'https://api.openai.com/v1';
const ANTHROPIC_URL = 'https://api.anthropic.com/v1';

/** Parts of a request that servers refuse which do not know them, by the name that they have in the complaint. */
const OPTIONAL_PARTS = {
  schema: {
    words: /response_format|json_schema|output_config|structured output/i,
    fields: ['response_format'],
  },
  usage: { words: /stream_options|include_usage/i, fields: ['stream_options'] },
  choice: { words: /tool_choice/i, fields: ['tool_choice'] },
} as const;
type OptionalPart = keyof typeof OPTIONAL_PARTS;

/** Loads what speaks the API of the connection, and nothing else. */
export async function connectModel(connection: ModelConnection): Promise<ModelService> {
  const outbound = createHttpDispatcher({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    allowH2: false,
  });
  const left = new Set<OptionalPart>();
  const baseUrl =
    connection.baseUrl ?? (connection.api === 'chat-completions' ? OPENAI_URL : ANTHROPIC_URL);
  // The same function in another library's words.
  const fetch = ((target: string, init: object) =>
    undiciFetch(target, {
      ...init,
      dispatcher: outbound.dispatcher,
    })) as unknown as typeof globalThis.fetch;
  const settings = { ...connection, baseUrl, fetch };
  const model =
    connection.api === 'chat-completions'
      ? await chatModels(settings, left)
      : await anthropicModels(settings);
  return {
    api: connection.api,
    model,
    adapt: (words) => {
      const part = partsIn(words).find((one) => !left.has(one));
      if (part !== undefined) left.add(part);
      return part !== undefined;
    },
    get takesSchema() {
      return !left.has('schema');
    },
    contextTokensOf: (id) => contextTokens(settings, id),
    close: () => outbound.destroy(),
  };
}

const partsIn = (words: string): readonly OptionalPart[] =>
  // Its keys are the optional parts.
  (Object.keys(OPTIONAL_PARTS) as OptionalPart[]).filter((part) =>
    OPTIONAL_PARTS[part].words.test(words),
  );

type Settings = ModelConnection & { readonly baseUrl: string; readonly fetch: typeof fetch };

async function chatModels(
  { apiKey, baseUrl, fetch }: Settings,
  left: ReadonlySet<OptionalPart>,
): Promise<ModelService['model']> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const providerWith = (others: Readonly<Record<string, unknown>>) =>
    createOpenAICompatible({
      name: 'compatible',
      baseURL: baseUrl,
      ...(apiKey === NO_KEY ? {} : { apiKey }),
      includeUsage: true,
      supportsStructuredOutputs: true,
      fetch: tolerantFetch(fetch),
      transformRequestBody: (body) => {
        const fields = [...left].flatMap((part): readonly string[] => OPTIONAL_PARTS[part].fields);
        const kept = Object.entries(body).filter(([name]) => !fields.includes(name));
        return { ...Object.fromEntries(kept), ...others };
      },
    });
  // Servers that do not know the model's way of thinking leave it in the text.
  const middleware = extractReasoningMiddleware({ tagName: 'think' });
  return (id, others) => wrapLanguageModel({ model: providerWith(others)(id), middleware });
}

async function anthropicModels({
  apiKey,
  baseUrl,
  fetch,
}: Settings): Promise<ModelService['model']> {
  const { createAnthropic } = await import('@ai-sdk/anthropic');
  const provider = createAnthropic({ apiKey, baseURL: baseUrl, fetch });
  return (id) => provider(id);
}

/** Names that servers have for it: OpenRouter, vLLM, LM Studio, Groq, Mistral, Anthropic. */
const CONTEXT_FIELDS = [
  'context_length',
  'max_model_len',
  'max_context_length',
  'loaded_context_length',
  'context_window',
  'max_input_tokens',
];

async function contextTokens(
  { api, apiKey, baseUrl, fetch }: Settings,
  id: string,
): Promise<number | null> {
  const headers =
    api === 'chat-completions'
      ? { authorization: `Bearer ${apiKey}` }
      : { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' };
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers,
      signal: AbortSignal.timeout(10_000),
    });
    const { data } = fieldsOf(await response.json());
    const models: readonly unknown[] = Array.isArray(data) ? data : [];
    const found = models.map(fieldsOf).find((one) => one.id === id);
    const counts = CONTEXT_FIELDS.map((field) => Number(found?.[field] ?? Number.NaN));
    return counts.find((count) => Number.isFinite(count) && count > 0) ?? null;
  } catch {
    return null; // Many servers have no such list; the conversation continues without knowing.
  }
}
