import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { readItem, type TranscriptItem } from '../../../../transcript/item.ts';
import { TurnItems } from '../../turn-items.ts';
import { connectModel, type ModelService } from '../model/connect-model.ts';
import type { Tokens } from '../model/usage.ts';
import { Conversation } from '../store/conversation.ts';
import { defineTool } from '../tools/define-tool.ts';
import { done, ToolError } from '../tools/tool.ts';
import { AgentLoop, type AgentLoopOptions } from './agent-loop.ts';
import { TurnOutput } from './turn-output.ts';

/** A server's response to one request: an error status, or the chunks of a stream. `cut`: without an end. */
type Reply =
  | { readonly status: number; readonly error: unknown; readonly headers?: Record<string, string> }
  | { readonly chunks: readonly unknown[]; readonly cut?: boolean }
  | { readonly whole: unknown };

type Body = {
  stream_options?: unknown;
  response_format?: unknown;
  messages: { role: string; content: unknown }[];
};

let folder: string;
let server: Server;
let service: ModelService;
let bodies: Body[];
let replies: Reply[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-loop-'));
  bodies = [];
  replies = [];
  server = createServer(async (request, response) => {
    if (request.method !== 'POST') return response.writeHead(404).end();
    let text = '';
    for await (const piece of request) text += piece;
    bodies.push(JSON.parse(text));
    const reply = replies.shift() ?? {
      chunks: [delta({ content: 'Nothing more.' }), finish('stop')],
    };
    if ('status' in reply) {
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      return response.end(JSON.stringify({ error: reply.error }));
    }
    if ('whole' in reply) {
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify(reply.whole));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': PROCESSING\r\n\r\n');
    for (const chunk of reply.chunks) response.write(`data: ${JSON.stringify(chunk)}\r\n\r\n`);
    return response.end(reply.cut === true ? '' : 'data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  service = await connectModel({ api: 'chat-completions', apiKey: 'k', baseUrl });
});
afterEach(async () => {
  await service.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const delta = (fields: object) => ({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
const finish = (reason: string) => ({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const call = (fields: object) => delta({ tool_calls: [fields] });
const say = (text: string): Reply => ({ chunks: [delta({ content: text }), finish('stop')] });

const echo = defineTool({
  name: 'echo',
  description: 'Says it again',
  category: 'read',
  isReadOnly: true,
  input: z.object({ text: z.string() }),
  run: async ({ text }) => {
    if (text === 'bad') throw new ToolError('bad is not allowed');
    return done(`echo: ${text}`, { text });
  },
});

/** Runs an agent on "Go." and returns the outcome. */
async function run(more: Partial<AgentLoopOptions> = {}) {
  const raw: { kind: string; dataText: string; id?: string }[] = [];
  const sink = new TurnItems(
    async (items) => void raw.push(...items),
    async () => ({ decision: 'allow', scope: 'once' }),
  );
  const conversation = Conversation.open(folder);
  conversation.addPrompt('t', { role: 'user', content: 'Go.' });
  const tokens: Tokens[] = [];
  const end = await new AgentLoop({
    turnId: 't',
    cwd: folder,
    service,
    model: 'some-model',
    settings: { others: {} },
    contextTokens: 100_000,
    instructions: 'Be good.',
    tools: [echo],
    conversation,
    output: new TurnOutput(sink),
    policy: undefined,
    warningsOf: () => [],
    onTokens: async (used) => void tokens.push(used),
    maxSteps: 10,
    pause: async () => {},
    signal: new AbortController().signal,
    ...more,
  }).run();
  conversation.close();
  const items = raw.map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
  const retracted = new Set(items.flatMap((one) => (one.kind === 'retracted' ? one.itemIds : [])));
  const counted = items.filter((_, index) => !retracted.has(raw[index]?.id ?? ''));
  return { end, items: counted, tokens };
}

const textOf = (items: readonly TranscriptItem[], kind: 'text' | 'thinking') =>
  items.map((item) => (item.kind === kind && 'text' in item ? item.text : '')).join('');
const resultsOf = (items: readonly TranscriptItem[]) =>
  items.flatMap((item) =>
    item.kind === 'tool-call' && item.status !== 'running'
      ? [{ id: item.callId, result: item.result }]
      : [],
  );

it('accepts tool calls without ids, with the same index, and with arguments as an object', async () => {
  replies.push(
    {
      chunks: [
        call({ index: 0, function: { name: 'echo', arguments: { text: 'a' } } }),
        call({ index: 0, id: 'same', function: { name: 'echo', arguments: '{"text":"b"}' } }),
        finish('stop'),
      ],
    },
    {
      chunks: [
        call({ index: 0, id: 'same', function: { name: 'echo', arguments: '{"text":"c"}' } }),
        finish('tool_calls'),
      ],
    },
    say('Done.'),
  );
  const { end, items } = await run();
  expect(end).toEqual({ kind: 'finished', text: 'Done.' });
  const results = resultsOf(items);
  expect(results.map(({ result }) => result)).toEqual(
    ['a', 'b', 'c'].map((text) => ({ success: { text } })),
  );
  expect(new Set(results.map(({ id }) => id)).size).toBe(3);
});

it('accepts a response that is not streamed, and tool calls and thinking in the text', async () => {
  const message = {
    role: 'assistant',
    content:
      '<think>Hm.</think>\n<tool_call>\n{"name": "echo", "arguments": {"text": "a"}}\n</tool_call>',
  };
  replies.push(
    { whole: { choices: [{ message, finish_reason: 'stop' }] } },
    say('<think>Yes.</think>Done.'),
  );
  const { end, items } = await run();
  expect(end).toEqual({ kind: 'finished', text: 'Done.' });
  expect(resultsOf(items)).toHaveLength(1);
  expect(textOf(items, 'thinking')).toBe('Hm.Yes.');
});

it('accepts a missing finish reason and missing usage', async () => {
  replies.push({ chunks: [delta({ content: 'Do' }), delta({ content: 'ne.' })] });
  const { end, tokens } = await run();
  expect(end).toEqual({ kind: 'finished', text: 'Done.' });
  expect(tokens).toEqual([]);
});

it('counts cached tokens separately', async () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 20,
    prompt_tokens_details: { cached_tokens: 60 },
    completion_tokens_details: { reasoning_tokens: 5 },
  };
  replies.push({ chunks: [delta({ content: 'Done.' }), finish('stop'), { choices: null, usage }] });
  expect((await run()).tokens).toEqual([
    {
      inputTokens: 40,
      cacheReadTokens: 60,
      cacheWriteTokens: 0,
      outputTokens: 20,
      reasoningTokens: 5,
      totalTokens: 120,
    },
  ]);
});

it('retracts text that was cut off, and adds a notice about the retry', async () => {
  replies.push(
    { chunks: [delta({ content: 'It is ' }), delta({ content: 'half' })], cut: true },
    say('It is done.'),
  );
  const { end, items } = await run();
  expect(end).toEqual({ kind: 'finished', text: 'It is done.' });
  expect(textOf(items, 'text')).toBe('It is done.');
  expect(items).toContainEqual(
    expect.objectContaining({ kind: 'notice', text: expect.stringContaining('cut off') }),
  );
});

it('retries after an error in the stream and after an empty answer', async () => {
  replies.push(
    { chunks: [{ error: 'The model is overloaded' }] },
    { chunks: [finish('stop')] },
    say('Done.'),
  );
  expect((await run()).end).toEqual({ kind: 'finished', text: 'Done.' });
});

it('omits parameters that a server does not support: the usage option, and the schema, which is then in the prompt', async () => {
  const outputSchema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
  replies.push(
    { status: 400, error: { message: 'Unrecognized request argument supplied: stream_options' } },
    { status: 400, error: 'response_format is not supported' },
    say('Here it is:\n```json\n{"a": "x"}\n```'),
    say('{"a": 1}'),
  );
  const { end, items } = await run({ outputSchema });
  expect(end).toEqual({ kind: 'finished', text: '{"a":1}' });
  expect(
    bodies.map((body) => [body.stream_options !== undefined, body.response_format !== undefined]),
  ).toEqual([
    [true, true],
    [false, true],
    [false, false],
    [false, false],
  ]);
  expect(JSON.stringify(bodies[3]?.messages.at(-1))).toContain('/a must be number');
  expect(items.filter(({ kind }) => kind === 'notice')).toEqual([]);
});

it('reports invalid calls to the model and continues', async () => {
  replies.push(
    {
      chunks: [
        call({ index: 0, id: 'a', function: { name: 'nowhere', arguments: '{}' } }),
        call({ index: 1, id: 'b', function: { name: 'echo', arguments: '{"text": 3' } }),
        call({ index: 2, id: 'c', function: { name: 'echo', arguments: '{"text": "bad"}' } }),
        finish('tool_calls'),
      ],
    },
    say('Done.'),
  );
  expect((await run()).end).toEqual({ kind: 'finished', text: 'Done.' });
  const errors = bodies[1]?.messages
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => String(content));
  expect(errors?.[0]).toContain('There is no tool nowhere. The available tools are: echo.');
  expect(errors?.[1]).toContain('arguments are not valid');
  expect(errors?.[2]).toContain('bad is not allowed');
});

it('continues an answer that reached the maximum length', async () => {
  replies.push({ chunks: [delta({ content: 'One ' }), finish('length')] }, say('two.'));
  const { end, items } = await run();
  expect(end.kind).toBe('finished');
  expect(textOf(items, 'text')).toBe('One two.');
});

it('fails after the maximum number of steps, and of retries', async () => {
  const repeatedCall: Reply = {
    chunks: [
      call({ index: 0, id: 'x', function: { name: 'echo', arguments: '{"text":"a"}' } }),
      finish('tool_calls'),
    ],
  };
  replies.push(repeatedCall, repeatedCall, repeatedCall);
  expect((await run({ maxSteps: 3 })).end).toMatchObject({
    kind: 'failed',
    failure: { code: 'step_limit' },
    isTransient: false,
  });
  replies = Array.from({ length: 9 }, () => ({ status: 503, error: { message: 'down' } }));
  const requestsBefore = bodies.length;
  expect((await run()).end).toMatchObject({
    kind: 'failed',
    failure: { code: 'overloaded' },
    isTransient: true,
  });
  expect(bodies.length - requestsBefore).toBe(5);
});

it('fails if the provider asks for a long wait, and reports how long', async () => {
  replies.push({
    status: 429,
    error: { message: 'Slow down' },
    headers: { 'retry-after': '3600' },
  });
  const { end } = await run();
  expect(end).toMatchObject({ kind: 'failed', isTransient: false });
  expect(JSON.stringify(end)).toContain('60 minutes');
  expect(bodies).toHaveLength(1);
});

it('sends no request after a cancel', async () => {
  const abort = new AbortController();
  replies.push({ status: 503, error: { message: 'down' } });
  const pause = async () => abort.abort();
  expect((await run({ signal: abort.signal, pause })).end).toEqual({ kind: 'cancelled' });
  expect(bodies).toHaveLength(1);
});
