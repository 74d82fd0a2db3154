import { describe, expect, it } from 'vitest';
import { decideOn } from './decide.ts';
import { ruleOf } from './remember.ts';
import type { PermissionDecision, PermissionPolicy, ToolCategory } from './tool-request.ts';

const asking: PermissionPolicy = {
  filesystemWrite: 'ask',
  execution: 'ask',
  network: 'ask',
  mcp: 'ask',
  rules: [],
};
type Rule = [ToolCategory, string, PermissionDecision];
const withRules = (...rules: readonly Rule[]): PermissionPolicy => ({
  ...asking,
  rules: rules.map(([category, pattern, decision]) => ({ category, pattern, decision })),
});
const folder = '/home/ada/shop';
const command = (text: string) => ({
  category: 'execution' as const,
  tool: 'Bash',
  args: { command: text },
  command: text,
  folder,
});
const write = (path: string) => ({
  category: 'filesystem-write' as const,
  tool: 'Write',
  args: {},
  path,
  folder,
});
const on = (policy: PermissionPolicy, text: string) => decideOn(policy, command(text)).decision;

describe('a rule that allows a command', () => {
  const git = withRules(
    ['execution', 'git status *', 'allow'],
    ['execution', 'npm test *', 'allow'],
  );

  it.each(['git status', 'git status --short', 'git  "status" -s', 'npm test && git status'])(
    'allows %s',
    (text) => expect(on(git, text)).toBe('allow'),
  );

  it.each([
    'git statusx',
    'git status; rm -rf /',
    'git status && curl https://evil.example',
    'git status | sh',
    'git status & rm x',
    'git status $(rm x)',
    'git status "`rm x`"',
    'git status <(rm x)',
    'git status\nrm x',
    'GIT_PAGER=evil git status',
    '/tmp/git status',
    'git status > ../outside',
    'git status "',
    'if true; then git status; fi',
  ])('does not allow %s', (text) => expect(on(git, text)).toBe('ask'));

  it('allows what redirects to nowhere, and what writes where writing is allowed', () => {
    expect(on(git, 'git status 2>&1 >/dev/null')).toBe('allow');
    expect(on({ ...git, filesystemWrite: 'allow' }, 'git status > out.txt')).toBe('allow');
  });

  it.each(['cd /etc && echo x > passwd', 'echo x > $HOME/a', 'echo x > ../a'])(
    'does not take a file for one of the folder that may be elsewhere: %s',
    (text) => {
      const rules = withRules(['execution', '*', 'allow'], ['filesystem-write', '**', 'allow']);
      expect(on(rules, text)).toBe('ask');
      expect(on(rules, 'echo x > a')).toBe('allow');
    },
  );

  it('reads an exclamation mark in a pattern as itself', () => {
    expect(on(withRules(['execution', '!rm *', 'allow']), 'anything')).toBe('ask');
  });
});

describe('a rule that denies a command', () => {
  const policy = {
    ...withRules(['execution', 'rm *', 'deny'], ['execution', '**', 'allow']),
    network: 'allow',
  } as const;

  it.each([
    'rm x',
    'ls; rm -rf x',
    '/bin/rm x',
    'sudo -n rm x',
    'sudo -u root rm x',
    'env A=1 timeout 5 rm x',
    'FORCE=1 rm x',
    'bash -c "ls && rm x"',
    'eval "rm x"',
    'echo $(rm x)',
    'find . | xargs -0 rm x',
    'if true; then rm x; fi',
  ])('denies %s', (text) => expect(on(policy, text)).toBe('deny'));

  it.each(['ls', 'echo rm x', 'git rm x'])('leaves %s alone', (text) =>
    expect(on(policy, text)).toBe('allow'),
  );
});

describe('a permission', () => {
  it('asks for every command where it says ask, even for one that only lists', () => {
    expect(on(asking, 'ls')).toBe('ask');
  });

  it('holds for what a command does next to running: the network, and files it redirects to', () => {
    const policy = { ...asking, execution: 'allow' } as const;
    expect(on(policy, 'ls')).toBe('allow');
    expect(on(policy, 'curl https://a.example')).toBe('ask');
    expect(on(policy, 'git push origin main')).toBe('ask');
    expect(on({ ...policy, filesystemWrite: 'deny' }, 'echo x > a')).toBe('deny');
    const known = withRules(['network', 'https://a.example/**', 'allow']);
    expect(on({ ...known, execution: 'allow' }, 'curl https://a.example/x/y')).toBe('allow');
  });

  it('takes a read for allowed unless a rule says otherwise', () => {
    const read = (path: string) => ({ ...write(path), category: 'read' as const });
    const policy = withRules(['read', '**/.env', 'deny']);
    expect(decideOn(policy, read('src/a.ts')).decision).toBe('allow');
    expect(decideOn(policy, read('.env')).decision).toBe('deny');
    expect(decideOn(policy, read('/home/ada/other/.env')).decision).toBe('deny');
  });
});

describe('a rule for paths', () => {
  const policy = withRules(
    ['filesystem-write', 'src/**', 'allow'],
    ['filesystem-write', '/tmp/*', 'allow'],
  );
  it.each([
    ['src/a.ts', 'allow'],
    ['/home/ada/shop/src/deep/a.ts', 'allow'],
    ['/tmp/x', 'allow'],
    ['src/../../secret', 'ask'],
    ['/home/ada/other/src/a.ts', 'ask'],
    ['/tmp/deep/x', 'ask'],
    ['README.md', 'ask'],
  ])('%s: %s', (path, expected) => expect(decideOn(policy, write(path)).decision).toBe(expected));

  it('allows nothing outside the folder by a pattern for everything inside it', () => {
    const all = withRules(
      ['filesystem-write', '**', 'allow'],
      ['filesystem-write', '**/x', 'allow'],
    );
    expect(decideOn(all, write('a')).decision).toBe('allow');
    expect(decideOn(all, write('/etc/x')).decision).toBe('ask');
  });
});

describe('a rule for an MCP server', () => {
  const call = (server: string, tool: string) => ({
    category: 'mcp' as const,
    tool,
    server,
    args: {},
    folder,
  });
  it('names server and tool', () => {
    const policy = withRules(['mcp', 'github/*', 'allow'], ['mcp', '*/delete_*', 'deny']);
    expect(decideOn(policy, call('github', 'list_issues')).decision).toBe('allow');
    expect(decideOn(policy, call('github', 'delete_repo')).decision).toBe('deny');
    expect(decideOn(policy, call('other', 'list')).decision).toBe('ask');
  });
});

describe('an answer for the session', () => {
  const remember = (text: string, pattern?: string) =>
    ruleOf(command(text), { decision: 'allow', scope: 'session', pattern });
  const policyAfter = (...rules: ReturnType<typeof remember>[]) => ({
    ...withRules(['execution', 'git push *', 'ask'], ['execution', 'rm -rf *', 'deny']),
    network: 'allow' as const,
    rules: [
      ...withRules(['execution', 'git push *', 'ask'], ['execution', 'rm -rf *', 'deny']).rules,
      ...rules.flatMap((rule) => rule ?? []),
    ],
  });

  it('means exactly what was asked, stars included', () => {
    const policy = policyAfter(remember('rm *.log'));
    expect(on(policy, 'rm *.log')).toBe('allow');
    expect(on(policy, 'rm a.log b.log')).toBe('ask');
    const list = policyAfter(remember('cd a && make'));
    expect(on(list, 'cd a && make')).toBe('allow');
    expect(on(list, 'make')).toBe('ask');
  });

  it('means what its pattern matches, and goes before a rule that asks but not before one that denies', () => {
    const policy = policyAfter(remember('git push origin a', 'git push *'), remember('rm -rf x'));
    expect(on(policy, 'git push origin b')).toBe('allow');
    expect(on(policy, 'rm -rf x')).toBe('deny');
  });

  it('is no rule when it counts once', () => {
    expect(ruleOf(command('ls'), { decision: 'allow', scope: 'once' })).toBeNull();
  });
});
