import { type Conversation, conversationKey, TurnCollector } from '../conversation.ts';
import { ModelApiError, type ModelRequest, parseBody } from '../dialect.ts';
import { ownLoopSettings } from '../own-loop.ts';
import { type ChatRequest, chatRequest, imagesIn, textOf } from './request.ts';

/** Parses a request of the Chat Completions API. */
export function readConversation({ body }: ModelRequest): Conversation {
  const request = parseBody(chatRequest, body);
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
    sessionKey: conversationKey(system, request.user ?? turns[0]?.prompt ?? ''),
    isStreamed: request.stream === true,
    includesUsage: request.stream_options?.include_usage === true,
    images,
  };
}

const anyObject = (type: string | undefined) =>
  type === 'json_object' ? { type: 'object' } : undefined;

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
          open.set(id, { name: called.name, input: parseArguments(called.arguments) });
        collector.assistantText(text);
        break;
      case 'tool': {
        const call = open.get(message.tool_call_id ?? '');
        if (call === undefined) throw missingCallError(message.tool_call_id);
        // The API has no field for failed calls; clients report the failure in the text.
        collector.call({ ...call, result: text, isError: isErrorText(text) });
        break;
      }
      default:
        break;
    }
  }
  return { turns: collector.turns(), images };
}

/** OpenAI's error for a tool result without a preceding call. */
const missingCallError = (id: string | null | undefined): ModelApiError =>
  new ModelApiError({
    status: 400,
    message: `messages with role 'tool' must be a response to a preceding message with 'tool_calls' (${id ?? 'no id'}).`,
  });

const isErrorText = (text: string): boolean => /^error\b/i.test(text);

function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The tool takes free text, or the arguments are not JSON.
  }
}
