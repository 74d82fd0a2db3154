import { expect, it } from 'vitest';
import { ModelApiError, type ModelRequest } from '../dialect.ts';
import { nextReply } from '../next-reply.ts';
import { chatCompletionsDialect } from './dialect.ts';

const request = (body: object): ModelRequest => ({
  body: { model: 'rehearsal-model', stream: true, ...body },
  header: () => undefined,
});
const tool = (name: string, ...properties: readonly string[]) => ({
  type: 'function',
  function: {
    name,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(properties.map((one) => [one, {}])),
    },
  },
});
const system = { role: 'system', content: 'Working directory: /work/here' };
const user = (content: string) => ({ role: 'user', content });
const call = (id: string, name: string, args: object) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
});
const script = (...lines: readonly string[]) =>
  `# Task\n\n\`\`\`rehearse\n${lines.join('\n')}\n\`\`\``;

const chunksOf = (body: object) => {
  const conversation = chatCompletionsDialect.read(request(body));
  const reply = nextReply(conversation, chatCompletionsDialect.toolbox(conversation));
  return [...chatCompletionsDialect.frames(reply, conversation)].flatMap((frame) =>
    frame.kind === 'data' && frame.data !== '[DONE]' ? [JSON.parse(frame.data)] : [],
  );
};
const callIn = (chunks: readonly { choices: { delta: { tool_calls?: unknown[] } }[] }[]) => {
  const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []) as {
    function: { name?: string; arguments: string };
  }[];
  const args = pieces.map((piece) => piece.function.arguments).join('');
  return { name: pieces[0]?.function.name, args: JSON.parse(args) };
};

it('finds prompt, folder, results and failures in a history', () => {
  const { turns, folder, tools } = chatCompletionsDialect.read(
    request({
      tools: [tool('shell', 'command')],
      messages: [
        system,
        user('first'),
        { role: 'assistant', content: 'done' },
        user('second'),
        call('c1', 'shell', { command: 'ls' }),
        { role: 'tool', tool_call_id: 'c1', content: 'Error: no' },
      ],
    }),
  );
  expect(folder).toBe('/work/here');
  expect(tools.map(({ name }) => name)).toEqual(['shell']);
  expect(turns).toEqual([
    { prompt: 'first', calls: [], assistantText: 'done' },
    {
      prompt: 'second',
      calls: [{ name: 'shell', input: { command: 'ls' }, result: 'Error: no', isError: true }],
      assistantText: '',
    },
  ]);
});

it('calls the offered tools with the names of their arguments', () => {
  const messages = [system, user(script('run make', 'say end'))];
  expect(callIn(chunksOf({ messages, tools: [tool('execute_command', 'cmd')] }))).toEqual({
    name: 'execute_command',
    args: { cmd: 'make' },
  });
  const edit = [user(script('edit a.txt one two'))];
  const past = [
    ...edit,
    call('c1', 'read_file', { path: 'a.txt' }),
    { role: 'tool', tool_call_id: 'c1', content: 'one' },
  ];
  const tools = [tool('read_file', 'path'), tool('str_replace', 'path', 'old_str', 'new_str')];
  expect(callIn(chunksOf({ messages: past, tools }))).toEqual({
    name: 'str_replace',
    args: { path: 'a.txt', old_str: 'one', new_str: 'two' },
  });
});

it('streams text, thinking and the finish reason, and usage only if requested', () => {
  const messages = [user(script('think deep thoughts', 'say one two'))];
  const chunks = chunksOf({ messages, tools: [tool('shell', 'command')] });
  const deltas = chunks.map(({ choices }) => choices[0]?.delta ?? {});
  expect(deltas.map(({ content }) => content ?? '').join('')).toBe('one two');
  expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('deep thoughts');
  expect(chunks.at(-1).choices[0].finish_reason).toBe('stop');
  const counted = chunksOf({ messages, stream_options: { include_usage: true } });
  expect(counted.at(-1)).toMatchObject({
    choices: [],
    usage: { total_tokens: expect.any(Number) },
  });
});

it('answers according to the schema of the response format', () => {
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
  const chunks = chunksOf({
    messages: [user('Is it good? Change no files.')],
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
  });
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
  expect(JSON.parse(text)).toEqual({ ok: expect.any(Boolean) });
});

it('rejects results without a call and invalid requests, and names errors as the API does', () => {
  const orphan = [user('x'), { role: 'tool', tool_call_id: 'c9', content: 'y' }];
  expect(() => chatCompletionsDialect.read(request({ messages: orphan }))).toThrow(ModelApiError);
  expect(() => chatCompletionsDialect.read(request({ messages: 'no' }))).toThrow(ModelApiError);
  expect(chatCompletionsDialect.errorBody({ status: 429, message: 'm' })).toMatchObject({
    error: { type: 'rate_limit_error', message: 'm' },
  });
});
