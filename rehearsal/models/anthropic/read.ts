import { type Conversation, conversationKey, TurnCollector } from '../conversation.ts';
import { type ModelRequest, parseBody } from '../dialect.ts';
import { ownLoopSettings, workingFolderIn } from '../own-loop.ts';
import { type Block, blocksOf, type MessagesRequest, messagesRequest, textOf } from './request.ts';

/** Parses a request of the Messages API. */
export function readConversation({ body, header }: ModelRequest): Conversation {
  const request = parseBody(messagesRequest, body);
  const system = typeof request.system === 'string' ? request.system : textOf(request.system ?? []);
  const texts = [system, ...request.messages.map(({ content }) => textOf(blocksOf(content)))];
  const folder = workingFolderIn(texts.join('\n'));
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
      // A placeholder for tools that are loaded later.
      .filter(({ name }) => name !== 'DeferredToolPlaceholder')
      .map(({ name, input_schema }) => ({ name, schema: input_schema })),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    mode: isPlanning(request) || isOwnLoopPlan(system) ? 'plan' : 'agent',
    ...(folder === undefined ? {} : { folder }),
    sessionKey:
      header('x-claude-code-session-id') ?? conversationKey(system, turns[0]?.prompt ?? ''),
    isStreamed: request.stream === true,
    images,
    context: contextOf(request),
  };
}

/** Cerevisor's own loop names the mode in its instructions. */
const isOwnLoopPlan = (system: string): boolean => ownLoopSettings(system).mode === 'plan';

/** The tool through which Claude Code receives a structured answer. */
export const answerToolName = 'StructuredOutput';

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
 * The user's prompts, without the text that the harness adds. A prompt that was never answered is in the same message
 * as the next one.
 */
function promptsIn(blocks: readonly Block[]): readonly string[] {
  return blocks
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .filter((text) => !harnessText.test(text))
    .map((text) => text.replace(/<system-reminder>.*?<\/system-reminder>/gs, '').trim())
    .filter((text) => text !== '');
}

/** The text that the harness adds: its reminders and its system messages. */
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

/** Claude Code names the mode in a reminder after the prompt. */
function isPlanning({ messages }: MessagesRequest): boolean {
  const texts = messages.map(({ content }) => textOf(blocksOf(content)));
  const on = texts.findLastIndex((text) => /plan mode (is|still) active/i.test(text));
  const off = texts.findLastIndex((text) => /exited plan mode/i.test(text));
  return on !== -1 && on >= off;
}
