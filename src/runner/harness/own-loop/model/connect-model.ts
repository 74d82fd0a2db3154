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

/** A connection to a provider's models. */
export type ModelService = {
  readonly api: ModelApi;
  /** `others`: additional fields for the body of each request. */
  model(id: string, others: Readonly<Record<string, unknown>>): LanguageModel;
  /**
   * Called when the provider rejects a request. Returns whether it may be repeated without an optional parameter that
   * the message names.
   */
  adapt(pattern: string): boolean;
  /** Whether the provider accepts a schema for the answer. Otherwise the schema is in the prompt. */
  readonly supportsSchema: boolean;
  /** The context length that the provider reports; null if unknown. */
  contextTokensOf(id: string): Promise<number | null>;
  close(): Promise<void>;
};

/** The value that means that there is no key. */
const NO_KEY = 'no-key';
const CONNECT_TIMEOUT_MS = 30_000;
/** Models on the user's own machine may process a long prompt for minutes before the first token. */
const HEADERS_TIMEOUT_MS = 15 * 60_000;
const BODY_TIMEOUT_MS = 10 * 60_000;
const OPENAI_URL = 'https://api.openai.com/v1';
const ANTHROPIC_URL = 'https://api.anthropic.com/v1';

/** Optional parameters that servers without support reject, with their names in error messages. */
const OPTIONAL_PARAMETERS = {
  schema: {
    pattern: /response_format|json_schema|output_config|structured output/i,
    fields: ['response_format'],
  },
  usage: { pattern: /stream_options|include_usage/i, fields: ['stream_options'] },
  choice: { pattern: /tool_choice/i, fields: ['tool_choice'] },
} as const;
type OptionalParameter = keyof typeof OPTIONAL_PARAMETERS;

/** Loads only the client library for the API of the connection. */
export async function connectModel(connection: ModelConnection): Promise<ModelService> {
  const outbound = createHttpDispatcher({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    allowH2: false,
  });
  const omitted = new Set<OptionalParameter>();
  const baseUrl =
    connection.baseUrl ?? (connection.api === 'chat-completions' ? OPENAI_URL : ANTHROPIC_URL);
  // The same function with the types of another library.
  const fetch = ((target: string, init: object) =>
    undiciFetch(target, {
      ...init,
      dispatcher: outbound.dispatcher,
    })) as unknown as typeof globalThis.fetch;
  const settings = { ...connection, baseUrl, fetch };
  const model =
    connection.api === 'chat-completions'
      ? await chatModels(settings, omitted)
      : await anthropicModels(settings);
  return {
    api: connection.api,
    model,
    adapt: (pattern) => {
      const part = parametersIn(pattern).find((parameter) => !omitted.has(parameter));
      if (part !== undefined) omitted.add(part);
      return part !== undefined;
    },
    get supportsSchema() {
      return !omitted.has('schema');
    },
    contextTokensOf: (id) => fetchContextTokens(settings, id),
    close: () => outbound.destroy(),
  };
}

const parametersIn = (pattern: string): readonly OptionalParameter[] =>
  // The keys of `OPTIONAL_PARTS`.
  (Object.keys(OPTIONAL_PARAMETERS) as OptionalParameter[]).filter((part) =>
    OPTIONAL_PARAMETERS[part].pattern.test(pattern),
  );

type Settings = ModelConnection & { readonly baseUrl: string; readonly fetch: typeof fetch };

async function chatModels(
  { apiKey, baseUrl, fetch }: Settings,
  omitted: ReadonlySet<OptionalParameter>,
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
        const fields = [...omitted].flatMap(
          (part): readonly string[] => OPTIONAL_PARAMETERS[part].fields,
        );
        const remaining = Object.entries(body).filter(([name]) => !fields.includes(name));
        return { ...Object.fromEntries(remaining), ...others };
      },
    });
  // Servers without support for a model's thinking leave it in the text.
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

/** Names of this field: OpenRouter, vLLM, LM Studio, Groq, Mistral, Anthropic. */
const CONTEXT_FIELDS = [
  'context_length',
  'max_model_len',
  'max_context_length',
  'loaded_context_length',
  'context_window',
  'max_input_tokens',
];

async function fetchContextTokens(
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
    const entry = models.map(fieldsOf).find((parameter) => parameter.id === id);
    const counts = CONTEXT_FIELDS.map((field) => Number(entry?.[field] ?? Number.NaN));
    return counts.find((count) => Number.isFinite(count) && count > 0) ?? null;
  } catch {
    return null; // Many servers have no such list; the context length is then unknown.
  }
}
