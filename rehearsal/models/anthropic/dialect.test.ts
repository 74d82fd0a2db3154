import { expect, it } from 'vitest';
import { ModelApiError, type ModelRequest } from '../dialect.ts';
import { nextReply } from '../next-reply.ts';
import { anthropicDialect } from './dialect.ts';

const request = (body: object, headers: Record<string, string> = {}): ModelRequest => ({
  body: { model: 'claude-opus-5-5', max_tokens: 100, stream: true, ...body },
  header: (name) => headers[name],
});

const tools = [
  { name: 'Bash', input_schema: {} },
  { name: 'Write', input_schema: {} },
];
const environment = '# Environment\n - Primary working directory: /work/here\n - Platform: linux';
const prompt = '# Task\n\n```rehearse\nrun ls\nwrite a.txt b\nsay end\n```';
const user = (...content: object[]) => ({ role: 'user', content });
const text = (value: string) => ({ type: 'text', text: value });

it('finds prompt, folder and results in the messages of Claude Code', () => {
  const { turns, folder, sessionKey } = anthropicDialect.read(
    request(
      {
        tools,
        messages: [
          user(text('<system-reminder>\nWork well.\n</system-reminder>'), text(prompt)),
          { role: 'system', content: [text(environment)] },
          {
            role: 'assistant',
            content: [text('hi'), { type: 'tool_use', id: 't1', name: 'Bash', input: {} }],
          },
          user({ type: 'tool_result', tool_use_id: 't1', content: [text('a.txt')] }),
          user(text('<task-notification>done</task-notification>')),
        ],
      },
      { 'x-claude-code-session-id': 's-1' },
    ),
  );
  expect({ folder, sessionKey }).toEqual({ folder: '/work/here', sessionKey: 's-1' });
  const calls = [{ name: 'Bash', input: {}, result: 'a.txt', isError: false }];
  expect(turns).toEqual([{ prompt, calls, assistantText: '' }]);
});

it('treats an unanswered prompt as a turn of its own', () => {
  const messages = [user(text('First'), text('Second'))];
  const { turns } = anthropicDialect.read(request({ messages }));
  expect(turns.map((turn) => turn.prompt)).toEqual(['First', 'Second']);
});

it('writes to the absolute path in the working folder', () => {
  const conversation = anthropicDialect.read(
    request({
      system: environment,
      tools,
      messages: [
        user(text(prompt)),
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'Bash', input: {} }] },
        user({ type: 'tool_result', tool_use_id: 't1', content: 'x' }),
      ],
    }),
  );
  const reply = nextReply(conversation, anthropicDialect.toolbox(conversation));
  const { content, stop_reason } = anthropicDialect.completeResponse(reply, conversation) as {
    content: { name: string; input: object }[];
    stop_reason: string;
  };
  expect(stop_reason).toBe('tool_use');
  expect(content[0]).toMatchObject({
    name: 'Write',
    input: { file_path: '/work/here/a.txt', content: 'b\n' },
  });
});

it('streams a message in pieces that form the complete text', () => {
  const conversation = anthropicDialect.read(
    request({ messages: [user(text('```rehearse\nthink deep thoughts\nsay one two\n```'))] }),
  );
  const reply = nextReply(conversation, anthropicDialect.toolbox(conversation));
  const frames = [...anthropicDialect.frames(reply, conversation)].map((frame) =>
    frame.kind === 'data' ? JSON.parse(frame.data) : frame,
  );
  expect(frames[0].type).toBe('message_start');
  expect(frames.at(-1)).toEqual({ type: 'message_stop' });
  const assistantText = frames
    .flatMap(({ delta }) => delta?.text ?? delta?.thinking ?? [])
    .join('|');
  expect(assistantText).toBe('deep| thoughts|one| two');
});

it('recognizes plan mode by its reminder', () => {
  const reminder = text(
    '<system-reminder>Plan mode is active. Do not change files.</system-reminder>',
  );
  const mode = (...content: object[]) =>
    anthropicDialect.read(request({ messages: [user(...content, text('Do it'))] })).mode;
  expect(mode(reminder)).toBe('plan');
  expect(mode()).toBe('agent');
});

it('answers auxiliary requests for a title, and rejects invalid requests', () => {
  const schema = { type: 'object', properties: { title: { type: 'string' } } };
  const body = {
    tools: [],
    output_config: { format: { type: 'json_schema', schema } },
    messages: [{ role: 'user', content: 'x' }],
  };
  const auxiliaryReply = request(body, { 'x-claude-code-session-id': 's' });
  expect(anthropicDialect.auxiliaryAnswer?.(auxiliaryReply)).toBe('{"title":"rehearsed"}');
  expect(anthropicDialect.auxiliaryAnswer?.(request(body))).toBeUndefined();
  expect(() => anthropicDialect.read(request({ messages: 'no' }))).toThrow(ModelApiError);
});

it('names errors as the API does', () => {
  const typeOf = (status: number, code?: string) =>
    anthropicDialect.errorBody({ status, message: 'm', ...(code === undefined ? {} : { code }) });
  expect(typeOf(529)).toMatchObject({ error: { type: 'overloaded_error' } });
  expect(typeOf(503)).toMatchObject({ error: { type: 'api_error' } });
  expect(typeOf(400, 'billing_error')).toMatchObject({ error: { type: 'billing_error' } });
});
