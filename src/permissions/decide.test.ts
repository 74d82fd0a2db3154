import { describe, expect, it } from 'vitest';
import { ruleFromAnswer } from './answer-rule.ts';
import { evaluatePolicy } from './decide.ts';
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
const decideCommand = (policy: PermissionPolicy, text: string) =>
  evaluatePolicy(policy, command(text)).decision;

describe('a rule that allows a command', () => {
  const git = withRules(
    ['execution', 'git status *', 'allow'],
    ['execution', 'npm test *', 'allow'],
  );

  it.each(['git status', 'git status --short', 'git  "status" -s', 'npm test && git status'])(
    'allows %s',
    (text) => expect(decideCommand(git, text)).toBe('allow'),
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
  ])('does not allow %s', (text) => expect(decideCommand(git, text)).toBe('ask'));

  it('allows redirection to /dev/null, and to files that may be written', () => {
    expect(decideCommand(git, 'git status 2>&1 >/dev/null')).toBe('allow');
    expect(decideCommand({ ...git, filesystemWrite: 'allow' }, 'git status > out.txt')).toBe(
      'allow',
    );
  });

  it.each(['cd /etc && echo x > passwd', 'echo x > $HOME/a', 'echo x > ../a'])(
    'does not assume that an ambiguous path is inside the folder: %s',
    (text) => {
      const rules = withRules(['execution', '*', 'allow'], ['filesystem-write', '**', 'allow']);
      expect(decideCommand(rules, text)).toBe('ask');
      expect(decideCommand(rules, 'echo x > a')).toBe('allow');
    },
  );

  it('treats an exclamation mark in a pattern as a literal character', () => {
    expect(decideCommand(withRules(['execution', '!rm *', 'allow']), 'anything')).toBe('ask');
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
  ])('denies %s', (text) => expect(decideCommand(policy, text)).toBe('deny'));

  it.each(['ls', 'echo rm x', 'git rm x'])('leaves %s alone', (text) =>
    expect(decideCommand(policy, text)).toBe('allow'),
  );
});

describe('a permission', () => {
  it('asks about every command when it is set to ask, even a harmless one', () => {
    expect(decideCommand(asking, 'ls')).toBe('ask');
  });

  it('also covers the network access of a command and the files that it redirects to', () => {
    const policy = { ...asking, execution: 'allow' } as const;
    expect(decideCommand(policy, 'ls')).toBe('allow');
    expect(decideCommand(policy, 'curl https://a.example')).toBe('ask');
    expect(decideCommand(policy, 'git push origin main')).toBe('ask');
    expect(decideCommand({ ...policy, filesystemWrite: 'deny' }, 'echo x > a')).toBe('deny');
    const known = withRules(['network', 'https://a.example/**', 'allow']);
    expect(decideCommand({ ...known, execution: 'allow' }, 'curl https://a.example/x/y')).toBe(
      'allow',
    );
  });

  it('allows reading unless a rule says otherwise', () => {
    const read = (path: string) => ({ ...write(path), category: 'read' as const });
    const policy = withRules(['read', '**/.env', 'deny']);
    expect(evaluatePolicy(policy, read('src/a.ts')).decision).toBe('allow');
    expect(evaluatePolicy(policy, read('.env')).decision).toBe('deny');
    expect(evaluatePolicy(policy, read('/home/ada/other/.env')).decision).toBe('deny');
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
  ])('%s: %s', (path, expected) =>
    expect(evaluatePolicy(policy, write(path)).decision).toBe(expected),
  );

  it('does not allow files outside the folder by a pattern for everything inside it', () => {
    const all = withRules(
      ['filesystem-write', '**', 'allow'],
      ['filesystem-write', '**/x', 'allow'],
    );
    expect(evaluatePolicy(all, write('a')).decision).toBe('allow');
    expect(evaluatePolicy(all, write('/etc/x')).decision).toBe('ask');
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
  it('matches by server and tool', () => {
    const policy = withRules(['mcp', 'github/*', 'allow'], ['mcp', '*/delete_*', 'deny']);
    expect(evaluatePolicy(policy, call('github', 'list_issues')).decision).toBe('allow');
    expect(evaluatePolicy(policy, call('github', 'delete_repo')).decision).toBe('deny');
    expect(evaluatePolicy(policy, call('other', 'list')).decision).toBe('ask');
  });
});

describe('an answer for the session', () => {
  const remember = (text: string, pattern?: string) =>
    ruleFromAnswer(command(text), { decision: 'allow', scope: 'session', pattern });
  const policyAfter = (...rules: ReturnType<typeof remember>[]) => ({
    ...withRules(['execution', 'git push *', 'ask'], ['execution', 'rm -rf *', 'deny']),
    network: 'allow' as const,
    rules: [
      ...withRules(['execution', 'git push *', 'ask'], ['execution', 'rm -rf *', 'deny']).rules,
      ...rules.flatMap((rule) => rule ?? []),
    ],
  });

  it('without a pattern covers only the identical command, asterisks included', () => {
    const policy = policyAfter(remember('rm *.log'));
    expect(decideCommand(policy, 'rm *.log')).toBe('allow');
    expect(decideCommand(policy, 'rm a.log b.log')).toBe('ask');
    const list = policyAfter(remember('cd a && make'));
    expect(decideCommand(list, 'cd a && make')).toBe('allow');
    expect(decideCommand(list, 'make')).toBe('ask');
  });

  it('with a pattern covers what matches, and takes precedence over rules that ask but not over rules that deny', () => {
    const policy = policyAfter(remember('git push origin a', 'git push *'), remember('rm -rf x'));
    expect(decideCommand(policy, 'git push origin b')).toBe('allow');
    expect(decideCommand(policy, 'rm -rf x')).toBe('deny');
  });

  it('creates no rule with the scope once', () => {
    expect(ruleFromAnswer(command('ls'), { decision: 'allow', scope: 'once' })).toBeNull();
  });
});
