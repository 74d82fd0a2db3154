import {
  type Conversation,
  conversationKey,
  type PastCall,
  TurnCollector,
} from '../conversation.ts';
import { type ModelRequest, parseBody } from '../dialect.ts';
import { offeredTools } from './offered-tools.ts';
import {
  type Item,
  itemsOf,
  type ResponsesRequest,
  responsesRequest,
  textsOf,
  typeOf,
} from './request.ts';
import { resultOf } from './results.ts';

/** Parses a request of the Responses API, including the text that Codex adds to prompts and results. */
export function readConversation({ body, header }: ModelRequest): Conversation {
  const request = parseBody(responsesRequest, body, 'invalid_request_error');
  const items = itemsOf(request);
  const { turns, images, session } = turnsOf(items);
  const system = [request.instructions ?? '', ...items.filter(isSystem).map(textOf)].join('\n');
  const folder = folderIn(items.map(textOf).join('\n'));
  const outputSchema = request.text?.format?.schema;
  return {
    api: 'responses',
    model: request.model,
    system,
    turns,
    tools: offeredTools(request),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    mode: isReadOnly(request) ? 'plan' : 'agent',
    ...(folder === undefined ? {} : { folder }),
    sessionKey:
      header('thread-id') ?? request.prompt_cache_key ?? conversationKey(turns[0]?.prompt ?? ''),
    isStreamed: request.stream === true,
    images,
    ...(session === undefined ? {} : { runningSession: session }),
  };
}

const isSystem = ({ role }: Item): boolean => role === 'developer' || role === 'system';
const textOf = ({ content }: Item): string => textsOf(content).join('\n');

/** `session` is set if the last command is still running, so that its call has no result yet. */
function turnsOf(items: readonly Item[]) {
  const collector = new TurnCollector();
  const open = new Map<string, Pick<PastCall, 'name' | 'input'>>();
  let running: { readonly session: number; readonly printed: string } | undefined;
  let images = 0;
  for (const item of items) {
    const type = typeOf(item);
    if (type === 'function_call' || type === 'custom_tool_call') {
      open.set(item.call_id ?? '', { name: item.name ?? '', input: item.input ?? item.arguments });
    } else if (type.endsWith('_output')) {
      const call = open.get(item.call_id ?? '');
      if (call === undefined) continue;
      const { text, isError, session } = resultOf(item.output);
      const printed = `${running?.printed ?? ''}${text}`;
      running = session === undefined ? undefined : { session, printed };
      if (running === undefined) collector.call({ ...call, result: printed, isError });
    } else if (item.role === 'assistant') {
      collector.assistantText(textOf(item));
    } else if (item.role === 'user') {
      const prompt = promptIn(item);
      if (prompt === undefined) continue;
      running = undefined;
      images = Array.isArray(item.content)
        ? item.content.filter(({ type }) => type === 'input_image').length
        : 0;
      collector.prompt(prompt);
    }
  }
  return { turns: collector.turns(), images, session: running?.session };
}

/** The user's prompt, without the text that the harness adds. */
function promptIn({ content }: Item): string | undefined {
  const texts = textsOf(content).filter((text) => !harnessText.test(text));
  const text = texts.join('\n').trim();
  return text === '' ? undefined : text;
}

const harnessText =
  /^\s*(<(environment_context|user_instructions|turn_aborted|user_shell_command|skill|permissions)\b|# AGENTS\.md instructions|About the call that was denied\b)/;

const folderIn = (text: string): string | undefined =>
  [...text.matchAll(/<cwd>(.+?)<\/cwd>/g)].at(-1)?.[1];

/** Codex names the sandbox of the turn in its metadata. */
function isReadOnly({ client_metadata: metadata }: ResponsesRequest): boolean {
  const turnMetadata = metadata?.['x-codex-turn-metadata'];
  return typeof turnMetadata === 'string' && /"sandbox_mode"\s*:\s*"read-only"/.test(turnMetadata);
}
