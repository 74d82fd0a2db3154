import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { permissionsOf } from '../permissions.ts';
import type { WorkflowInput } from '../schema.ts';
import { validateWorkflow } from '../validate.ts';
import type { RunConditions } from './run.ts';

type Settings = NonNullable<WorkflowInput['settings']>;
type Parts = NonNullable<Parameters<typeof sampleWorkflow>[0]>;

const found = (parts: Parts, conditions: RunConditions = {}) =>
  validateWorkflow(sampleWorkflow(parts), conditions).map(
    ({ severity, code, pointer }) => `${severity} ${code} ${pointer}`,
  );

/** A local workflow without repositories. */
const local = (settings: Settings = {}): { settings: Settings } => ({
  settings: { runMode: 'local', cloud: {}, ...settings },
});
const foundIn = (settings: Settings['local']) => found(local({ local: settings }));

describe('the local settings', () => {
  it('are valid by default, and with all fields', () => {
    expect(found(local())).toEqual([]);
    expect(
      foundIn({
        folder: '../shop',
        setup: ['npm ci', 'npm run build &&\n\tnpm run seed'],
        copy: ['.env', './config/*.json', 'fixtures/**', '..env', '.github/x', '{a,b}.pem'],
        carryUncommitted: false,
        maxConcurrentAgents: 2,
        maxAttempts: 3,
      }),
    ).toEqual([]);
  });

  it.each([
    '',
    '  ',
    'https://github.com/acme/shop',
    'ssh://host/x',
    '~/shop',
    '$HOME/shop',
    '%USERPROFILE%\\x',
  ])('need a folder that can be one: %j', (folder) => {
    expect(foundIn({ folder })).toEqual(['error local_folder_malformed settings.local.folder']);
  });

  it.each(['/srv/shop', 'C:\\shop', '.', '..', 'a/b', '$cash', 'wip~1'])(
    'may name any folder: %s',
    (folder) => {
      const isVariable = folder === '$cash';
      expect(foundIn({ folder })).toHaveLength(isVariable ? 1 : 0);
    },
  );

  it.each([
    '',
    '  ',
    '/etc/passwd',
    '\\\\host\\x',
    'C:\\secret',
    '~/.ssh/*',
    '../.env',
    'a/../../b',
  ])('copy nothing from outside of the folder: %j', (pattern) => {
    expect(foundIn({ copy: ['.env', pattern] })).toEqual([
      'error copy_pattern_malformed settings.local.copy[1]',
    ]);
  });

  it.each([
    '..',
    'a\\..\\b',
    '{..,x}/y',
    '@(..|x)/y',
    '!.env',
    '.git',
    './.git/config',
    '.git\\hooks',
  ])('copy neither what leads up, nor exceptions, nor the data of git: %j', (pattern) => {
    expect(foundIn({ copy: [pattern] })).toEqual([
      'error copy_pattern_malformed settings.local.copy[0]',
    ]);
  });

  it('must not have empty, deceptive or too many commands', () => {
    expect(foundIn({ setup: ['npm ci', '\n', 'echo \u202etac', 'a\u001b[2K\rb'] })).toEqual([
      'error text_malformed settings.local.setup[2]',
      'error text_malformed settings.local.setup[3]',
      'error setup_command_blank settings.local.setup[1]',
    ]);
    expect(foundIn({ setup: Array.from({ length: 101 }, () => 'true') })).toEqual([
      'error too_many_local_entries settings.local.setup',
    ]);
  });
});

describe('work in place', () => {
  const inPlace = (parts: Parts) =>
    found({ ...parts, ...local({ local: { isolation: 'in-place' } }) });

  it('causes a warning if several agents could run at the same time', () => {
    expect(inPlace({ agents: ['a', 'b'], connections: ['a->b'] })).toEqual([]);
    expect(inPlace({ agents: ['a', 'b'] })).toEqual([
      'warning in_place_one_at_a_time settings.local.isolation',
    ]);
    expect(inPlace({ agents: ['a', { id: 'b', runMode: 'cloud' }] })).not.toContain(
      'warning in_place_one_at_a_time settings.local.isolation',
    );
  });

  it('says what has no effect', () => {
    expect(foundIn({ isolation: 'in-place', copy: ['.env'], carryUncommitted: false })).toEqual([
      'warning option_without_effect settings.local.copy',
      'warning option_without_effect settings.local.carryUncommitted',
    ]);
  });

  it('does not suppress warnings about conflicting files', () => {
    const agents = ['a', 'b'].map((id) => ({ id, outputFiles: ['notes.md'] }));
    expect(found({ agents, ...local() })).toEqual([
      'warning output_file_conflict agents[1].outputFiles',
    ]);
  });
});

describe('permissions', () => {
  it('are "allow" in a worktree and "ask" in place by default', () => {
    const of = (settings: Settings) => permissionsOf(sampleWorkflow({ settings }).settings);
    expect(new Set(Object.values(of({})))).toEqual(new Set(['allow']));
    expect(new Set(Object.values(of({ local: { isolation: 'in-place' } })))).toEqual(
      new Set(['ask']),
    );
    expect(of({ permissions: { network: 'deny' } })).toMatchObject({
      network: 'deny',
      mcp: 'allow',
    });
  });

  it('that Cursor cannot ask for during a run are reported before it as a notice', () => {
    const permissions = { filesystemWrite: 'ask', network: 'ask', mcp: 'deny' } as const;
    expect(found(local({ permissions }))).toEqual([]);
    expect(found(local({ permissions }), { mode: 'local' })).toEqual([
      'notice permission_asked_beforehand settings.permissions',
    ]);
    const [notice] = validateWorkflow(sampleWorkflow(local({ permissions })), {
      mode: 'local',
    }).filter(({ severity }) => severity === 'notice');
    expect(notice?.message).toContain('filesystemWrite, network');
    expect(found(local({ local: { isolation: 'in-place' } }), { mode: 'local' })).toEqual([
      'notice permission_asked_beforehand settings.permissions',
    ]);
  });

  it('by rule need a pattern, and an agent that asks before each call', () => {
    const rule = (pattern: string) =>
      ({ category: 'execution', pattern, decision: 'deny' }) as const;
    const permissions = { rules: [rule('rm *'), rule(' ')] };
    expect(found(local({ permissions }))).toEqual([
      'error permission_pattern_empty settings.permissions.rules[1].pattern',
      'warning permission_rules_without_effect settings.permissions.rules',
    ]);
    const asking = local({ providerId: 'claude', permissions: { rules: [rule('rm *')] } });
    expect(found(asking).filter((code) => code.includes('permission'))).toEqual([]);
  });

  it('that cannot be enforced cause a warning', () => {
    const permissions = { execution: 'deny', network: 'deny', filesystemWrite: 'deny' } as const;
    expect(found(local({ permissions }))).toEqual([
      'warning permission_not_enforced settings.permissions.execution',
      'warning permission_not_enforced settings.permissions.network',
    ]);
  });

  it('have no effect in the cloud, which causes a warning if they restrict something', () => {
    expect(found({ settings: { permissions: { execution: 'allow', mcp: 'deny' } } })).toEqual([
      'warning permissions_without_effect settings.permissions.mcp',
    ]);
    expect(found({ settings: { permissions: { execution: 'allow' } } })).toEqual([]);
  });

  it('that deny the MCP servers of the workflow cause a warning', () => {
    const mcpServers = [{ name: 'docs', url: 'https://docs.example/mcp' }];
    expect(found(local({ mcpServers, permissions: { mcp: 'deny' } }))).toEqual([
      'warning mcp_servers_denied settings.mcpServers',
    ]);
  });
});
