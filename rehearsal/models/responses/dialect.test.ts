import { expect, it } from 'vitest';
import type { ModelRequest } from '../dialect.ts';
import { nextReply } from '../next-reply.ts';
import type { Part } from '../parts.ts';
import { responsesDialect } from './dialect.ts';

const request = (body: object, headers: Record<string, string> = {}): ModelRequest => ({
  body: { model: 'gpt-5-codex', stream: true, ...body },
  header: (name) => headers[name],
});

const user = (text: string) => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const environment = user('<environment_context>\n  <cwd>/work/here</cwd>\n</environment_context>');
const script = (...lines: string[]) =>
  user(`# Task\n\n\`\`\`rehearse\n${lines.join('\n')}\n\`\`\``);

/** Tools as Codex offers them to unknown models. */
const functions = [
  { type: 'function', name: 'exec_command' },
  { type: 'function', name: 'write_stdin' },
  { type: 'namespace', name: 'mcp__sums', tools: [{ type: 'function', name: 'add' }] },
  { type: 'web_search' },
];
/** Tools as Codex offers them to models that write scripts. */
const scripts = {
  type: 'additional_tools',
  tools: [
    {
      type: 'namespace',
      name: 'functions',
      tools: [
        {
          type: 'custom',
          name: 'exec',
          description: 'Run it.\n\n### `apply_patch`\nPatches.\n\n### `exec_command`\nRuns.',
        },
      ],
    },
  ],
};

function replyTo(body: object, headers?: Record<string, string>): readonly Part[] {
  const conversation = responsesDialect.read(request(body, headers));
  return nextReply(conversation, responsesDialect.toolbox(conversation)).parts;
}

const result = (name: string, output: unknown) => [
  { type: 'function_call', call_id: `c-${name}`, name, arguments: '{}' },
  { type: 'function_call_output', call_id: `c-${name}`, output },
];
const done = (text: string) =>
  `Chunk ID: a\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n${text}`;

it('finds prompt, folder, plan mode and results in the messages of Codex', () => {
  const conversation = responsesDialect.read(
    request(
      {
        tools: functions,
        input: [
          {
            type: 'message',
            role: 'developer',
            content: [{ type: 'input_text', text: 'Be good.' }],
          },
          environment,
          script('run ls', 'say end'),
          ...result('exec_command', done('a.txt')),
          user('<turn_aborted>\nThe user interrupted.\n</turn_aborted>'),
        ],
        client_metadata: { 'x-codex-turn-metadata': '{"sandbox_mode":"read-only"}' },
      },
      { 'thread-id': 't-1' },
    ),
  );
  expect(conversation).toMatchObject({ folder: '/work/here', sessionKey: 't-1', mode: 'plan' });
  expect(conversation.system).toContain('Be good.');
  expect(conversation.turns).toHaveLength(1);
  expect(conversation.turns[0]?.calls).toMatchObject([{ result: 'a.txt', isError: false }]);
});

it('calls the offered functions, and those of MCP servers in their namespace', () => {
  const input = [environment, script('mcp sums add {"a": 1}', 'run ls', 'say end')];
  expect(replyTo({ tools: functions, input })).toEqual([
    { kind: 'call', call: { name: 'add', namespace: 'mcp__sums', input: { a: 1 } } },
  ]);
  const [assistantText] = replyTo({ tools: [functions[0]], input });
  expect(assistantText).toMatchObject({ kind: 'text', text: expect.stringContaining('no tool') });
});

it('writes scripts if the request offers its tools through them', () => {
  const input = [scripts, environment, script('write a.txt hello', 'say end')];
  const [part] = replyTo({ model: 'gpt-6.1-sol', input });
  expect(part).toMatchObject({ call: { name: 'exec', namespace: 'functions' } });
  expect(JSON.stringify(part)).toContain('tools.apply_patch(');
  expect(JSON.stringify(part)).toContain('*** Add File: a.txt');
});

it('repeats the same calls when later results follow, such as an edit of lines that were read', () => {
  const begin = [environment, script('edit a.txt world there', 'run ls', 'say end')];
  const read = result('read', done('hello world\n'));
  const [edit] = replyTo({ tools: functions, input: [...begin, ...read] });
  expect(JSON.stringify(edit)).toContain(
    '-hello world\\\\n+hello there'.replaceAll('\\\\n', '\\n'),
  );
  const [next] = replyTo({
    tools: functions,
    input: [...begin, ...read, ...result('edit', done('Success'))],
  });
  expect(next).toMatchObject({ call: { input: { cmd: 'ls' } } });
});

it('polls a running command, and combines its output into one result', () => {
  const running = 'Chunk ID: a\nProcess running with session ID 7\nOutput:\none\n';
  const begin = [environment, script('run slow', 'say end'), ...result('exec_command', running)];
  const [poll] = replyTo({ tools: functions, input: begin });
  expect(poll).toMatchObject({ call: { name: 'write_stdin', input: { session_id: 7 } } });
  const conversation = responsesDialect.read(
    request({ tools: functions, input: [...begin, ...result('write_stdin', done('two'))] }),
  );
  expect(conversation.turns[0]?.calls).toMatchObject([{ result: 'one\ntwo' }]);
});

it('recognizes a failed command in both ways of offering tools', () => {
  const failed = 'Wall time: 0.1 seconds\nProcess exited with code 3\nOutput:\nno';
  const denied =
    'exec_command failed: CreateProcess { message: "Rejected(\\"rejected by user\\")" }';
  const scripted = [{ type: 'input_text', text: 'Script failed\nOutput:\n' }];
  for (const output of [failed, denied, scripted]) {
    const { turns } = responsesDialect.read(
      request({ input: [script('run x'), ...result('exec_command', output)] }),
    );
    expect(turns[0]?.calls).toMatchObject([{ isError: true }]);
  }
});

it('answers with JSON only if a schema is requested', () => {
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
  const parts = replyTo({
    tools: functions,
    input: [script('say {"ok": true}')],
    text: { format: { type: 'json_schema', schema } },
  });
  expect(parts).toEqual([{ kind: 'text', text: '{"ok":true}' }]);
});

it('streams items with their pieces, and repeats the items at the end', () => {
  const conversation = responsesDialect.read(
    request({ tools: functions, input: [script('think Hm', 'say Two words.', 'run ls')] }),
  );
  const reply = nextReply(conversation, responsesDialect.toolbox(conversation));
  const frames = [...responsesDialect.frames(reply, conversation)].flatMap((frame) =>
    frame.kind === 'data' ? [JSON.parse(frame.data)] : [],
  );
  const done = frames.filter(({ type }) => type === 'response.output_item.done');
  expect(done.map(({ item }) => item.type)).toEqual(['reasoning', 'message', 'function_call']);
  const { response } = frames.at(-1);
  expect(response.output).toEqual(done.map(({ item }) => item));
  expect(response.usage.total_tokens).toBe(
    response.usage.input_tokens + response.usage.output_tokens,
  );
});
