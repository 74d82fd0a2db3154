import { expect, it } from 'vitest';
import type { HostThread } from '../harness.ts';
import { environmentOf } from './environment.ts';

const thread: HostThread = {
  threadId: 'agent-1',
  harness: 'claude',
  isNew: true,
  cwd: '/work',
  sandbox: false,
  settingSources: [],
  storeFolder: '/store',
  apiKey: 'sk-ant-secret',
  connection: { baseUrl: 'https://gateway.example' },
};

it("takes the user's environment without provider keys and without the settings of their own Claude Code", () => {
  const shell = {
    PATH: '/bin',
    HOME: '/home/ada',
    GITHUB_TOKEN: 'kept',
    CODEX: 'x',
    CURSOR_API_KEY: 'x',
    OPENAI_API_KEY: 'x',
    ANTHROPIC_API_KEY: 'x',
    ANTHROPIC_BASE_URL: 'x',
    CLAUDE_CODE_USE_BEDROCK: '1',
    CLAUDECODE: '1',
    CEREVISOR_HOME: 'x',
    ANTHROPOLOGY: 'kept',
  };
  const environment = environmentOf(thread, shell);
  expect(environment).toMatchObject({
    PATH: '/bin',
    HOME: '/home/ada',
    GITHUB_TOKEN: 'kept',
    ANTHROPOLOGY: 'kept',
    ANTHROPIC_BASE_URL: 'https://gateway.example',
    CLAUDE_CONFIG_DIR: '/store/claude/config',
    CEREVISOR_THREAD: 'agent-1',
  });
  const names = Object.keys(environment);
  expect(names.filter((name) => /KEY|BEDROCK|CODEX$|^CLAUDECODE$|HOME$/.test(name))).toEqual([
    'HOME',
  ]);
  expect(Object.values(environment)).not.toContain('sk-ant-secret');
});

it("uses the configured folder of the user's own login", () => {
  const connection = { configFolder: '/home/ada/.claude' };
  const environment = environmentOf({ ...thread, connection }, {});
  expect(environment.CLAUDE_CONFIG_DIR).toBe('/home/ada/.claude');
  expect(environment).not.toHaveProperty('CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST');
});
