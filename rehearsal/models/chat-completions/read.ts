import { createHash } from 'node:crypto';
import { type Conversation, TurnCollector } from '../conversation.ts';
import { ModelApiError, type ModelRequest } from '../dialect.ts';
import { ownLoopSettings } from '../own-loop.ts';
import { type ChatRequest, chatRequest, imagesIn, textOf } from './request.ts';

/** Reads a request of the Chat Completions API. */
export function readConversation({ body }: ModelRequest): Conversation {
  const request = parse(body);
  const system = request.messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map((message) => textOf(message.content))
    .join('\n');
  const { turns, images } = turnsOf(request);
  const format = request.response_format;
  const outputSchema =
    format?.type === 'json_schema' ? format.json_schema?.schema : anyObject(format?.type);
  return {
    api: 'chat-completions',
    model: request.model,
    system,
    turns,
    tools: (request.tools ?? []).map(({ function: { name, parameters } }) => ({
      name,
      schema: parameters,
    })),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...ownLoopSettings(system),
    sessionKey: keyOf(system, request.user ?? turns[0]?.prompt ?? ''),
    isStreamed: request.stream === true,
    includesUsage: request.stream_options?.include_usage === true,
    images,
  };
}

const anyObject = (type: string | undefined) =>
  type === 'json_object' ? { type: 'object' } : undefined;

function parse(body: unknown): ChatRequest {
  const request = chatRequest.safeParse(body);
  if (request.success) return request.data;
  const [issue] = request.error.issues;
  const message = `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is not valid'}`;
  throw new ModelApiError({ status: 400, message });
}

function turnsOf({ messages }: ChatRequest) {
  const collector = new TurnCollector();
  const open = new Map<string, { readonly name: string; readonly input: unknown }>();
  let images = 0;
  for (const message of messages) {
    const text = textOf(message.content);
    switch (message.role) {
      case 'user':
        images = imagesIn(message.content);
        collector.prompt(text);
        break;
      case 'assistant':
        for (const { id, function: called } of message.tool_calls ?? [])
          open.set(id, { name: called.name, input: parsed(called.arguments) });
        collector.assistantText(text);
        break;
      case 'tool': {
        const call = open.get(message.tool_call_id ?? '');
        if (call === undefined) throw missingCallError(message.tool_call_id);
        // The API does not say whether a call failed; a client's own words do.
        collector.call({ ...call, result: text, isError: isErrorText(text) });
        break;
      }
      default:
        break;
    }
  }
  return { turns: collector.turns(), images };
}

/** As OpenAI refuses it: a result has to follow the call that it belongs to. */
const missingCallError = (id: string | null | undefined): ModelApiError =>
  new ModelApiError({
    status: 400,
    message: `messages with role 'tool' must be a response to a preceding message with 'tool_calls' (${id ?? 'no id'}).`,
  });

const isErrorText = (text: string): boolean => /^error\b/i.test(text);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The tool takes free text, or the model wrote something else.
  }
}

const keyOf = (system: string, prompt: string): string =>
  createHash('sha256').update(`${system}\n${prompt}`).digest('hex').slice(0, 32);
