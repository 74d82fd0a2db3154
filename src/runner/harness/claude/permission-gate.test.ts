import { expect, it } from 'vitest';
import type { NewToolRequest } from '../adapter.ts';
import { PermissionGate } from './permission-gate.ts';

const { signal } = new AbortController();

function setUp(decision: 'allow' | 'deny', planMode: { plans: string } | null = null) {
  const requests: NewToolRequest[] = [];
  const sink = {
    ask: async (request: NewToolRequest) => {
      requests.push(request);
      return { decision, scope: 'once' as const, note: decision === 'deny' ? 'No.' : undefined };
    },
  };
  return { requests, setUp: new PermissionGate({ sink, cwd: '/work', signal, planMode }) };
}

const runHook = async (gate: PermissionGate, tool: string, input: object) => {
  const [matcher] = gate.hooks.PreToolUse;
  const [hook] = matcher.hooks;
  const call = { tool_name: tool, tool_input: input, tool_use_id: 't1' };
  const { hookSpecificOutput: output } = (await hook(call, 't1', { signal })) as {
    hookSpecificOutput?: { permissionDecision: string };
  };
  return output?.permissionDecision;
};
const canUse = (gate: PermissionGate, tool: string, input: Record<string, unknown>) =>
  gate.canUseTool(tool, input, { toolUseID: 't1', signal });

it('makes the program ask about every call and passes the question on', async () => {
  const { setUp: gate, requests } = setUp('allow');
  expect(await runHook(gate, 'Read', { file_path: '/work/a' })).toBe('ask');
  expect(requests).toEqual([]);
  const input = { command: 'ls', description: 'List' };
  expect(await canUse(gate, 'Bash', input)).toEqual({ behavior: 'allow', updatedInput: input });
  expect(requests).toEqual([
    {
      callId: 't1',
      category: 'execution',
      tool: 'Bash',
      args: input,
      command: 'ls',
      reason: 'List',
    },
  ]);
});

it('passes on the note of a denial', async () => {
  const { setUp: gate } = setUp('deny');
  expect(await canUse(gate, 'Bash', { command: 'rm x' })).toEqual({
    behavior: 'deny',
    message: 'No.',
  });
});

it.each([
  ['Write', { file_path: '/work/a', content: '' }, 'filesystem-write'],
  ['NotebookEdit', { notebook_path: '/work/a' }, 'filesystem-write'],
  ['Grep', { pattern: 'x', path: 'src' }, 'read'],
  ['WebFetch', { url: 'https://a.example' }, 'network'],
  ['TodoWrite', {}, 'other'],
  ['SomethingNew', {}, 'execution'],
])('knows the category of %s', async (tool, input, category) => {
  const { setUp: gate, requests } = setUp('allow');
  await canUse(gate, tool, input);
  expect(requests[0]).toMatchObject({ category });
});

it('reports the server and the tool of an MCP call', async () => {
  const { setUp: gate, requests } = setUp('allow');
  await canUse(gate, 'mcp__git_hub__list__all', { a: 1 });
  expect(requests[0]).toMatchObject({ category: 'mcp', server: 'git_hub', tool: 'list__all' });
});

it('allows only reading and writing the plan in plan mode', async () => {
  const { setUp: gate } = setUp('allow', { plans: '/store/plans' });
  expect(await runHook(gate, 'Read', { file_path: '/work/a' })).toBe('allow');
  expect(await runHook(gate, 'Bash', { command: 'ls' })).toBeUndefined();
  expect(await runHook(gate, 'Write', { file_path: '/store/plans/p.md' })).toBe('allow');
  expect(await runHook(gate, 'Write', { file_path: '/work/a' })).toBeUndefined();
  expect(await canUse(gate, 'Bash', { command: 'touch x' })).toMatchObject({ behavior: 'deny' });
  expect(await canUse(gate, 'Write', { file_path: '/work/a' })).toMatchObject({ behavior: 'deny' });
  expect(await canUse(gate, 'ExitPlanMode', {})).toMatchObject({ behavior: 'deny' });
  const denying = setUp('deny', { plans: '/store/plans' });
  expect(await runHook(denying.setUp, 'Read', { file_path: '/work/.env' })).toBe('deny');
});
