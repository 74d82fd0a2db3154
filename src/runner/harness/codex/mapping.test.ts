import { expect, it } from 'vitest';
import type { HostThread, HostTurn } from '../harness.ts';
import { approvalOf, type OpenItems } from './approvals.ts';
import { failureOf } from './failures.ts';
import { threadOptions, turnOptions } from './thread-options.ts';
import { TokenCount } from './usage.ts';

const thread: HostThread = {
  threadId: 'agent-1',
  harness: 'codex',
  isNew: true,
  cwd: '/work',
  sandbox: false,
  settingSources: ['project'],
  storeFolder: '/store',
  apiKey: 'sk-1',
};
const turn: HostTurn = { turnId: 'turn-1', prompt: 'Do it.' };
const policy = { filesystemWrite: 'ask', execution: 'ask', network: 'ask', mcp: 'ask' } as const;

const tokens = (count: number) => ({
  totalTokens: 10 * count,
  inputTokens: 8 * count,
  cachedInputTokens: 3 * count,
  cacheWriteInputTokens: count,
  outputTokens: 2 * count,
  reasoningOutputTokens: count,
});

it('counts the tokens of one turn of a long thread, with cached ones separate', () => {
  const count = new TokenCount();
  expect(count.usage).toBeUndefined();
  count.add({ total: tokens(101), last: tokens(1) });
  count.add({ total: tokens(101), last: tokens(1) });
  count.add({ total: tokens(103), last: tokens(2) });
  expect(count.usage).toEqual({
    inputTokens: 12,
    cacheReadTokens: 9,
    cacheWriteTokens: 3,
    outputTokens: 6,
    reasoningTokens: 3,
    totalTokens: 30,
  });
});

it.each([
  [
    { httpConnectionFailed: { httpStatusCode: 401 } },
    'unexpected status 401',
    'unauthorized',
    false,
  ],
  [
    { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    'last status: 429',
    'rate_limited',
    true,
  ],
  ['usageLimitExceeded', 'Quota exceeded.', 'usage_limit', false],
  [{ httpConnectionFailed: { httpStatusCode: 529 } }, 'unexpected status 529', 'overloaded', true],
  ['internalServerError', 'We’re currently experiencing high demand.', 'overloaded', true],
  ['other', '{"error":{"message":"The model `x` does not exist"}}', 'invalid_model', false],
  [
    'other',
    '{"error":{"message":"No","code":"context_length_exceeded"}}',
    'context_too_long',
    false,
  ],
  ['contextWindowExceeded', 'Too long.', 'context_too_long', false],
  ['other', 'stream disconnected before completion: error sending request', 'unreachable', true],
  ['cyberPolicy', 'No.', 'policy_violation', false],
  ['somethingNew', 'No idea.', 'protocol', false],
])('reads %j (%s) as %s', (codexErrorInfo, message, code, isTransient) => {
  expect(failureOf({ message, codexErrorInfo }, { hasBegun: false })).toMatchObject({
    failure: { code },
    isTransient,
  });
});

it('extracts the readable part of an error, and distinguishes a cut stream from a lost connection', () => {
  const messageOf = (message: string, hasBegun = false) =>
    failureOf({ message, codexErrorInfo: 'other' }, { hasBegun }).failure.message;
  expect(messageOf('{"error":{"message":"The model `x` does not exist","type":"y"}}')).toBe(
    'The model `x` does not exist',
  );
  expect(messageOf('unexpected status 503 Service Unavailable: Busy, url: http://x/v1')).toBe(
    'Busy',
  );
  const cut = 'stream disconnected before completion: Transport error';
  expect(
    failureOf({ message: cut, codexErrorInfo: 'other' }, { hasBegun: true }).failure.code,
  ).toBe('stream_cut');
});

const open: OpenItems = {
  raw: (itemId) =>
    itemId === 'patch'
      ? {
          status: 'inProgress',
          changes: [
            { path: '/work/a', kind: { type: 'add' }, diff: 'x\n' },
            {
              path: '/work/b',
              kind: { type: 'update', move_path: '/work/c' },
              diff: '@@ -1 +1 @@\n-x\n+y',
            },
          ],
        }
      : undefined,
  calls: () => [
    ['call-1', { name: 'mcp', args: { server: 'sums', toolName: 'add', args: { a: 1 } } }],
  ],
  folder: '/work',
};
const about = { threadId: 't', turnId: 'u' };

it('asks about the command of the model, with its folder', () => {
  const ask = (cwd: string) =>
    approvalOf(
      'item/commandExecution/requestApproval',
      { ...about, itemId: 'i', command: "/bin/bash -c 'rm -rf x'", cwd },
      open,
    );
  expect(ask('/work')?.requests).toMatchObject([
    { callId: 'i', category: 'execution', tool: 'shell', command: 'rm -rf x' },
  ]);
  expect(ask('/etc')?.requests).toMatchObject([{ command: "cd '/etc' && rm -rf x" }]);
  expect(ask('/work')?.answer(true)).toEqual({ decision: 'accept' });
  expect(ask('/work')?.answer(false)).toEqual({ decision: 'decline' });
});

it('asks about every file of a patch, including the target of a move', () => {
  const approval = approvalOf(
    'item/fileChange/requestApproval',
    { ...about, itemId: 'patch' },
    open,
  );
  expect(approval?.requests.map(({ path }) => path)).toEqual(['/work/a', '/work/b', '/work/c']);
  expect(approval?.requests[0]?.diff).toBe('--- /dev/null\n+++ /work/a\n@@ -0,0 +1,1 @@\n+x');
  const unknown = approvalOf('item/fileChange/requestApproval', { ...about, itemId: '?' }, open);
  expect(unknown?.requests).toMatchObject([{ category: 'filesystem-write', tool: 'apply_patch' }]);
});

it('finds the call of an MCP permission request, and ignores other requests', () => {
  const ask = (_meta: unknown) =>
    approvalOf('mcpServer/elicitation/request', { ...about, serverName: 'sums', _meta }, open);
  const approval = ask({ codex_approval_kind: 'mcp_tool_call', tool_params: { a: 1 } });
  expect(approval?.requests).toMatchObject([{ callId: 'call-1', server: 'sums', tool: 'add' }]);
  expect(approval?.answer(true)).toEqual({ action: 'accept', content: {}, _meta: null });
  expect(ask(null)).toBeNull();
});

it('asks for every call except in sandboxed turns', () => {
  expect(turnOptions(thread, turn)).toMatchObject({ approvalPolicy: 'untrusted' });
  const planned = { ...turn, mode: 'plan' } as const;
  expect(turnOptions(thread, planned)).toMatchObject({
    approvalPolicy: 'never',
    sandboxPolicy: { type: 'readOnly', networkAccess: false },
  });
  expect(turnOptions({ ...thread, sandbox: true }, turn)).toMatchObject({
    approvalPolicy: 'never',
    sandboxPolicy: { type: 'workspaceWrite', networkAccess: false },
  });
  const rules = [{ category: 'execution', pattern: 'cat .env', decision: 'deny' } as const];
  const denying = { ...thread, permissions: { ...policy, rules } };
  expect(turnOptions(denying, planned)).toMatchObject({
    approvalPolicy: 'untrusted',
    sandboxPolicy: { type: 'readOnly' },
  });
});

it('passes the key, the mark and MCP servers that require permission with the thread', () => {
  const { config } = threadOptions({
    ...thread,
    connection: { baseUrl: 'http://here/v1' },
    variables: { TOKEN: 't' },
    permissions: { ...policy, rules: [] },
    mcpServers: {
      own: { command: 'node', args: ['x'] },
      far: { url: 'https://x', headers: { a: 'b' } },
    },
  });
  expect(config).toMatchObject({
    model_providers: {
      cerevisor: { base_url: 'http://here/v1', experimental_bearer_token: 'sk-1' },
    },
    shell_environment_policy: { set: { TOKEN: 't', CEREVISOR_THREAD: 'agent-1' } },
    web_search: 'disabled',
    mcp_servers: {
      own: {
        command: 'node',
        env: { CEREVISOR_THREAD: 'agent-1' },
        default_tools_approval_mode: 'prompt',
      },
      far: { url: 'https://x', http_headers: { a: 'b' } },
    },
  });
});

it("sends no key if none is needed, and no provider with the user's own login", () => {
  const config = (more: Partial<HostThread>) =>
    JSON.stringify(threadOptions({ ...thread, ...more }).config);
  expect(config({ apiKey: 'no-key' })).not.toContain('bearer');
  expect(config({ connection: { configFolder: '/home/me/.codex' } })).not.toContain(
    'model_provider',
  );
});

it('rejects a server that Codex could not start', () => {
  expect(() => threadOptions({ ...thread, mcpServers: { 'my server': { command: 'x' } } })).toThrow(
    'my server',
  );
  expect(() => threadOptions({ ...thread, mcpServers: { empty: {} } })).toThrow(
    'neither a command',
  );
});
