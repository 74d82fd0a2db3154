import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import type { Workflow, WorkflowInput } from '../../workflow/schema.ts';
import { workflowSchema } from '../../workflow/schema.ts';
import { trustQuestion } from './trust.ts';

const inside = { path: '/shop', isOutsideOfWorkflow: false };

const workflowWith = (settings: WorkflowInput['settings']): Workflow =>
  workflowSchema.parse({ ...sampleWorkflow(), settings });

const question = (settings: WorkflowInput['settings'], folder = inside) =>
  trustQuestion(workflowWith(settings), folder);

test('asks nothing if agents only work in their own worktrees', () => {
  expect(question({})).toBeNull();
  expect(question({ local: { isolation: 'in-place' } })).toBeNull();
  expect(question({ permissions: { filesystemWrite: 'allow' } })).toBeNull();
});

test.each<[string, WorkflowInput['settings'], string]>([
  ['commands', { local: { setup: ['npm ci'] } }, 'npm ci'],
  ['copies of ignored files', { local: { copy: ['.env'] } }, '.env'],
  [
    'programs',
    { mcpServers: [{ name: 'db', command: 'npx', args: ['-y', 'db'], env: { KEY: 'secret' } }] },
    'db: KEY=… npx -y db',
  ],
  [
    'permissions beyond those in place',
    { local: { isolation: 'in-place' }, permissions: { execution: 'allow' } },
    'run commands without asking',
  ],
])('asks about %s, and names them', (_, settings, named) => {
  const asked = question(settings);
  expect(asked?.message).toContain(named);
  expect(asked?.message).not.toContain('secret');
});

test('asks about a folder outside the repository of the file', () => {
  expect(question({}, { path: '/etc', isOutsideOfWorkflow: true })?.message).toContain('/etc');
});

test('does not ask about servers that are denied or only reached by URL', () => {
  const server = { name: 'db', command: 'npx' };
  expect(question({ mcpServers: [server], permissions: { mcp: 'deny' } })).toBeNull();
  expect(question({ mcpServers: [{ name: 'web', url: 'https://example.com' }] })).toBeNull();
});

test('asks again once anything changes, even if it is not shown', () => {
  const long = (end: string) => question({ local: { setup: [`${'a'.repeat(600)}${end}`] } });
  expect(long('1')?.content).not.toBe(long('2')?.content);
  const server = (key: string) =>
    question({ mcpServers: [{ name: 'db', command: 'npx', env: { KEY: key } }] });
  expect(server('1')?.content).not.toBe(server('2')?.content);
  expect(long('1')?.content).toBe(long('1')?.content);
});

test('shows each value of the file on one line', () => {
  const asked = question({ local: { setup: ['true\n- Nothing else\u2028\u001b[2K'] } });
  expect(asked?.actions[0]?.details).toEqual(['true ⏎ - Nothing else [2K']);
});

test('shows rules that allow something in place, and asks again if they change', () => {
  const rule = (pattern: string) =>
    ({ category: 'execution', pattern, decision: 'allow' }) as const;
  const inPlace = (rules: readonly ReturnType<typeof rule>[]) =>
    question({
      local: { isolation: 'in-place', setup: ['npm ci'] },
      permissions: { rules: [...rules] },
    });
  const [none, one, other] = [inPlace([]), inPlace([rule('make *')]), inPlace([rule('rm *')])];
  expect(one?.message).toContain('run without asking: make *');
  expect(new Set([none?.content, one?.content, other?.content]).size).toBe(3);
  const before = question({ local: { isolation: 'in-place', setup: ['npm ci'] } });
  expect(none?.content).toBe(before?.content);
});
