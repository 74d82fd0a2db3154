import { createHash } from 'node:crypto';
import { type Conversation, type PastCall, TurnCollector } from '../conversation.ts';
import { ModelApiError, type ModelRequest } from '../dialect.ts';
import { offeredTools } from './offered-tools.ts';
import {
  type Item,
  itemsOf,
  type ResponsesRequest,
  responsesRequest,
  textsOf,
  typeOf,
} from './request.ts';
import { recordRunning, resultOf } from './results.ts';

/** Reads a request of the Responses API, with what Codex puts around prompts and results. */
export function readConversation({ body, header }: ModelRequest): Conversation {
  const request = parse(body);
  const items = itemsOf(request);
  const { turns, images, session } = turnsOf(items);
  const system = [request.instructions ?? '', ...items.filter(isSystem).map(textOf)].join('\n');
  const folder = folderIn(items.map(textOf).join('\n'));
  const outputSchema = request.text?.format?.schema;
  const conversation: Conversation = {
    api: 'responses',
    model: request.model,
    system,
    turns,
    tools: offeredTools(request),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    mode: isReadOnly(request) ? 'plan' : 'agent',
    ...(folder === undefined ? {} : { folder }),
    sessionKey: header('thread-id') ?? request.prompt_cache_key ?? keyOf(turns[0]?.prompt ?? ''),
    isStreamed: request.stream === true,
    images,
  };
  if (session !== undefined) recordRunning(conversation, session);
  return conversation;
}

function parse(body: unknown): ResponsesRequest {
  const request = responsesRequest.safeParse(body);
  if (request.success) return request.data;
  const [issue] = request.error.issues;
  const message = `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is not valid'}`;
  throw new ModelApiError({ status: 400, code: 'invalid_request_error', message });
}

const isSystem = ({ role }: Item): boolean => role === 'developer' || role === 'system';
const textOf = ({ content }: Item): string => textsOf(content).join('\n');

/** `session`: of a command that still runs, so that its call has no result yet. */
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

/** What the user wrote, without what the harness puts next to it. */
function promptIn({ content }: Item): string | undefined {
  const own = textsOf(content).filter((text) => !harnessText.test(text));
  const text = own.join('\n').trim();
  return text === '' ? undefined : text;
}

const harnessText =
  /^\s*(<(environment_context|user_instructions|turn_aborted|user_shell_command|skill|permissions)\b|# AGENTS\.md instructions|About the call that was denied\b)/;

const folderIn = (text: string): string | undefined =>
  [...text.matchAll(/<cwd>(.+?)<\/cwd>/g)].at(-1)?.[1];

/** Codex tells which sandbox the turn has. */
function isReadOnly({ client_metadata: metadata }: ResponsesRequest): boolean {
  const told = metadata?.['x-codex-turn-metadata'];
  return typeof told === 'string' && /"sandbox_mode"\s*:\s*"read-only"/.test(told);
}

const keyOf = (prompt: string): string =>
  createHash('sha256').update(prompt).digest('hex').slice(0, 32);
