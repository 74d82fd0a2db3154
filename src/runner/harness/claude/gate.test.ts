import { expect, it } from 'vitest';
import type { NewToolRequest } from '../adapter.ts';
import { Gate } from './gate.ts';

const { signal } = new AbortController();

function gate(decision: 'allow' | 'deny', planMode: { plans: string } | null = null) {
  const asked: NewToolRequest[] = [];
  const sink = {
    ask: async (request: NewToolRequest) => {
      asked.push(request);
      return { decision, scope: 'once' as const, note: decision === 'deny' ? 'No.' : undefined };
    },
  };
  return { asked, gate: new Gate({ sink, cwd: '/work', signal, planMode }) };
}

const before = async (one: Gate, tool: string, input: object) => {
  const [matcher] = one.hooks.PreToolUse;
  const [hook] = matcher.hooks;
  const call = { tool_name: tool, tool_input: input, tool_use_id: 't1' };
  const { hookSpecificOutput: said } = (await hook(call, 't1', { signal })) as {
    hookSpecificOutput?: { permissionDecision: string };
  };
  return said?.permissionDecision;
};
const use = (one: Gate, tool: string, input: Record<string, unknown>) =>
  one.canUseTool(tool, input, { toolUseID: 't1', signal });

it('makes the program ask about every call, and asks instead', async () => {
  const { gate: one, asked } = gate('allow');
  expect(await before(one, 'Read', { file_path: '/work/a' })).toBe('ask');
  expect(asked).toEqual([]);
  const input = { command: 'ls', description: 'List' };
  expect(await use(one, 'Bash', input)).toEqual({ behavior: 'allow', updatedInput: input });
  expect(asked).toEqual([
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

it('hands the note of a denial on', async () => {
  const { gate: one } = gate('deny');
  expect(await use(one, 'Bash', { command: 'rm x' })).toEqual({ behavior: 'deny', message: 'No.' });
});

it.each([
  ['Write', { file_path: '/work/a', content: '' }, 'filesystem-write'],
  ['NotebookEdit', { notebook_path: '/work/a' }, 'filesystem-write'],
  ['Grep', { pattern: 'x', path: 'src' }, 'read'],
  ['WebFetch', { url: 'https://a.example' }, 'network'],
  ['TodoWrite', {}, 'other'],
  ['SomethingNew', {}, 'execution'],
])('knows what %s does', async (tool, input, category) => {
  const { gate: one, asked } = gate('allow');
  await use(one, tool, input);
  expect(asked[0]).toMatchObject({ category });
});

it('names server and tool of a call over MCP', async () => {
  const { gate: one, asked } = gate('allow');
  await use(one, 'mcp__git_hub__list__all', { a: 1 });
  expect(asked[0]).toMatchObject({ category: 'mcp', server: 'git_hub', tool: 'list__all' });
});

it('lets a plan read, and change nothing but itself', async () => {
  const { gate: one } = gate('allow', { plans: '/store/plans' });
  expect(await before(one, 'Read', { file_path: '/work/a' })).toBe('allow');
  expect(await before(one, 'Bash', { command: 'ls' })).toBeUndefined();
  expect(await before(one, 'Write', { file_path: '/store/plans/p.md' })).toBe('allow');
  expect(await before(one, 'Write', { file_path: '/work/a' })).toBeUndefined();
  expect(await use(one, 'Bash', { command: 'touch x' })).toMatchObject({ behavior: 'deny' });
  expect(await use(one, 'Write', { file_path: '/work/a' })).toMatchObject({ behavior: 'deny' });
  expect(await use(one, 'ExitPlanMode', {})).toMatchObject({ behavior: 'deny' });
  const denying = gate('deny', { plans: '/store/plans' });
  expect(await before(denying.gate, 'Read', { file_path: '/work/.env' })).toBe('deny');
});
