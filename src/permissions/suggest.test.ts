import { describe, expect, it } from 'vitest';
import { ruleFromAnswer } from './answer-rule.ts';
import { evaluatePolicy } from './decide.ts';
import { suggestionsFor } from './suggest.ts';
import type { ToolRequest } from './tool-request.ts';

const folder = '/home/ada/shop';
const policy = { filesystemWrite: 'ask', execution: 'ask', network: 'ask', mcp: 'ask' } as const;
const run = (command: string): Omit<ToolRequest, 'requestId'> => ({
  category: 'execution',
  tool: 'Bash',
  args: {},
  command,
  folder,
});
const patterns = (request: Omit<ToolRequest, 'requestId'>) =>
  suggestionsFor(request).map(({ pattern }) => pattern ?? null);

describe('suggested patterns', () => {
  it.each([
    ['npm test -- --watch', [null, 'npm test *', 'npm *']],
    ['ls', [null, 'ls *']],
    ['ls -la src', [null, 'ls *']],
    ['git status; rm x', [null]],
    ['echo $(rm x)', [null]],
    ['echo x > a', [null]],
    ['A=1 make', [null]],
    ['"r*" x', [null]],
  ])('%s', (command, expected) => expect(patterns(run(command))).toEqual(expected));

  it('cover the folder of a file, and nothing outside the working folder', () => {
    const write = (path: string) => ({ ...run(''), category: 'filesystem-write' as const, path });
    expect(patterns(write('/home/ada/shop/src/a/b.ts'))).toEqual([null, 'src/a/**', '**']);
    expect(patterns(write('/etc/passwd'))).toEqual([null]);
  });

  it('cover the origin of an address and the server of a tool', () => {
    const fetched = { ...run(''), category: 'network' as const, path: 'https://a.example/x?y=1' };
    expect(patterns(fetched)).toEqual([null, 'https://a.example/**']);
    const called = { ...run(''), category: 'mcp' as const, server: 'github', tool: 'list' };
    expect(patterns(called)).toEqual([null, 'github/*']);
  });

  it.each([
    run('npm test -- --watch'),
    { ...run(''), category: 'filesystem-write' as const, path: 'src/a.ts' },
    { ...run(''), category: 'network' as const, path: 'https://a.example/x' },
    { ...run(''), category: 'mcp' as const, server: 'github', tool: 'list' },
  ])('always cover the request itself: $category', (request) => {
    for (const { pattern } of suggestionsFor(request)) {
      const rule = ruleFromAnswer(request, { decision: 'allow', scope: 'session', pattern });
      const rules = rule === null ? [] : [rule];
      expect(evaluatePolicy({ ...policy, rules }, request).decision).toBe('allow');
    }
  });
});
