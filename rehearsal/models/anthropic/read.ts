import { createHash } from 'node:crypto';
import { type Conversation, TurnCollector } from '../conversation.ts';
import { ModelApiError, type ModelRequest } from '../dialect.ts';
import { ownLoopSettings } from '../own-loop.ts';
import { type Block, blocksOf, type MessagesRequest, messagesRequest, textOf } from './request.ts';

/** Reads a request of the Messages API. */
export function readConversation({ body, header }: ModelRequest): Conversation {
  const request = parse(body);
  const system = typeof request.system === 'string' ? request.system : textOf(request.system ?? []);
  const texts = [system, ...request.messages.map(({ content }) => textOf(blocksOf(content)))];
  const folder = folderIn(texts.join('\n'));
  const { turns, images } = turnsOf(request);
  const schema = request.output_config?.format?.schema;
  const offered = request.tools ?? [];
  const answerTool = offered.find(({ name }) => name === answerToolName);
  const outputSchema = schema ?? answerTool?.input_schema;
  return {
    api: 'anthropic-messages',
    model: request.model,
    system,
    turns,
    tools: offered
      // A placeholder for tools that are not there yet.
      .filter(({ name }) => name !== 'DeferredToolPlaceholder')
      .map(({ name, input_schema }) => ({ name, schema: input_schema })),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    mode: isPlanning(request) || isOwnLoopPlan(system) ? 'plan' : 'agent',
    ...(folder === undefined ? {} : { folder }),
    sessionKey: header('x-claude-code-session-id') ?? keyOf(system, turns[0]?.prompt ?? ''),
    isStreamed: request.stream === true,
    images,
    context: contextOf(request),
  };
}

/** Cerevisor's own loop says it in its instructions. */
const isOwnLoopPlan = (system: string): boolean => ownLoopSettings(system).mode === 'plan';

/** The tool through which Claude Code takes a structured answer. */
export const answerToolName = 'StructuredOutput';

export function parse(body: unknown): MessagesRequest {
  const request = messagesRequest.safeParse(body);
  if (request.success) return request.data;
  const [issue] = request.error.issues;
  const message = `${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is not valid'}`;
  throw new ModelApiError({ status: 400, message });
}

function turnsOf(request: MessagesRequest) {
  const collector = new TurnCollector();
  const open = new Map<string, { readonly name: string; readonly input: unknown }>();
  let images = 0;
  for (const { role, content } of request.messages) {
    const blocks = blocksOf(content);
    if (role === 'assistant') {
      for (const one of blocks) {
        if (one.type === 'tool_use') {
          open.set(String(one.id), { name: String(one.name), input: one.input });
        }
      }
      collector.assistantText(textOf(blocks));
    }
    if (role !== 'user') continue;
    for (const one of blocks) {
      if (one.type !== 'tool_result') continue;
      const call = open.get(String(one.tool_use_id));
      const result = resultText(one);
      if (call !== undefined) collector.call({ ...call, result, isError: one.is_error === true });
    }
    const prompts = promptsIn(blocks);
    if (prompts.length === 0) continue;
    images = blocks.filter(({ type }) => type === 'image').length;
    for (const prompt of prompts) collector.prompt(prompt);
  }
  return { turns: collector.turns(), images };
}

/**
 * What the user wrote, without what the harness puts next to it. A prompt that was never answered stands in one message
 * with the next one.
 */
function promptsIn(blocks: readonly Block[]): readonly string[] {
  return blocks
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .filter((text) => !harnessText.test(text))
    .map((text) => text.replace(/<system-reminder>.*?<\/system-reminder>/gs, '').trim())
    .filter((text) => text !== '');
}

/** Reminders of the harness, and what it says in the role of the system. */
const contextOf = ({ messages }: MessagesRequest): string =>
  messages
    .filter(({ role }) => role !== 'assistant')
    .flatMap(({ role, content }) =>
      blocksOf(content).filter(
        ({ type, text }) =>
          type === 'text' &&
          typeof text === 'string' &&
          (role === 'system' || harnessText.test(text)),
      ),
    )
    .map(({ text }) => text)
    .join('\n');

const harnessText =
  /^\s*(<system-reminder>|<task-notification>|\[Request interrupted|<command-|<local-command|\[Image: source)/;

function resultText({ content }: Block): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? textOf(content.filter(isBlock)) : '';
}

const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const folderIn = (text: string): string | undefined =>
  /^\s*-?\s*(?:Primary )?working directory:\s*(\S.*?)\s*$/im.exec(text)?.[1];

/** Claude Code says it in a reminder behind the prompt. */
function isPlanning({ messages }: MessagesRequest): boolean {
  const texts = messages.map(({ content }) => textOf(blocksOf(content)));
  const on = texts.findLastIndex((text) => /plan mode (is|still) active/i.test(text));
  const off = texts.findLastIndex((text) => /exited plan mode/i.test(text));
  return on !== -1 && on >= off;
}

const keyOf = (system: string, prompt: string): string =>
  createHash('sha256').update(`${system}\n${prompt}`).digest('hex').slice(0, 32);
