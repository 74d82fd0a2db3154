import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { agentsIn, runModeOf } from '../placement.ts';
import { validateWorkflow } from '../validate.ts';
import type { RunConditions } from './run.ts';

type Parts = NonNullable<Parameters<typeof sampleWorkflow>[0]>;

const found = (parts: Parts, conditions: RunConditions = {}) =>
  validateWorkflow(sampleWorkflow(parts), conditions).map(
    ({ severity, code, pointer }) => `${severity} ${code} ${pointer}`,
  );

const url = 'https://github.com/acme/shop';
const here = { id: 'here', runMode: 'local' } as const;
const away = { id: 'away', runMode: 'cloud' } as const;
const local = { runMode: 'local', cloud: {} } as const;
const cloud = { runMode: 'cloud', cloud: {} } as const;

describe('where an agent runs', () => {
  it('is its own run mode, otherwise that of the workflow; only Cursor has a cloud', () => {
    const { settings } = sampleWorkflow({ settings: cloud });
    expect(runModeOf({}, settings)).toBe('cloud');
    expect(runModeOf({ runMode: 'local' }, settings)).toBe('local');
    expect(runModeOf({ runMode: 'cloud' }, { ...settings, runMode: 'local' })).toBe('cloud');
    expect(runModeOf({ providerId: 'codex' }, settings)).toBe('local');
    const workflow = sampleWorkflow({ agents: ['a', here, { id: 'c', providerId: 'codex' }] });
    expect(agentsIn('cloud', workflow).map(({ id }) => id)).toEqual(['a']);
    expect(agentsIn('local', workflow).map(({ id }) => id)).toEqual(['here', 'c']);
  });

  it('cannot be the cloud with another provider than Cursor Agent', () => {
    const agents = [
      { ...away, providerId: 'codex' },
      { ...here, providerId: 'codex' },
    ];
    expect(found({ agents })).toEqual(['error run_mode_needs_cursor_agent agents[0].runMode']);
  });
});

describe('a run mode of "cloud"', () => {
  const refused = ['error run_mode_needs_cursor_agent settings.runMode'];

  it('is refused when no agent uses Cursor Agent, instead of running all of them here', () => {
    const settings = { ...cloud, providerId: 'codex' };
    expect(found({ agents: ['a', 'b'], settings })).toEqual(refused);
    expect(found({ agents: ['a', { id: 'b', providerId: 'cursor-agent' }], settings })).toEqual([
      'error repository_missing settings.cloud.repos',
    ]);
    expect(found({ agents: [here], settings })).toEqual([]);
    expect(found({ agents: ['a'], settings }, { mode: 'local' })).toEqual([]);
    expect(
      found({ agents: ['a'], settings: { ...local, providerId: 'codex' } }, { mode: 'cloud' }),
    ).toEqual(refused);
  });

  it('is refused where the default of the machine is another provider', () => {
    const providers = { defaultId: 'mine', references: ['mine', 'cursor-agent'] };
    expect(found({ agents: ['a'], settings: cloud }, { providers })).toEqual(refused);
  });
});

describe('repositories', () => {
  it('are needed only by agents in the cloud', () => {
    expect(found({ agents: ['a', 'b'], settings: local })).toEqual([]);
    expect(found({ agents: [here], settings: cloud })).toEqual([]);
    const missing = ['error repository_missing settings.cloud.repos'];
    expect(found({ agents: ['a', away], settings: local })).toEqual(missing);
    expect(found({ agents: ['a', here], settings: cloud })).toEqual(missing);
    const repositories = [{ url }];
    expect(found({ agents: ['a', away], settings: local }, { repositories })).toEqual([]);
  });

  it('are validated for the run mode of the run', () => {
    expect(found({ settings: cloud }, { mode: 'local' })).toEqual([]);
    expect(found({ settings: local }, { mode: 'cloud' })).toEqual([
      'error repository_missing settings.cloud.repos',
    ]);
  });
});

describe('options of the cloud', () => {
  it('cause a warning if they have no effect, such as pull requests of local agents', () => {
    const settings = { runMode: 'local', cloud: { autoCreatePR: true } } as const;
    const warning = ['warning option_without_effect settings.cloud.autoCreatePR'];
    expect(found({ settings })).toEqual(warning);
    expect(found({ settings: local }, { autoCreatePr: true })).toEqual(warning);
    const mixed = { runMode: 'local' as const, cloud: { repos: [{ url }], autoCreatePR: true } };
    expect(found({ agents: ['a', away], settings: mixed })).toEqual([]);
  });

  it('are an error if Cursor rejects them, such as an image by its URL', () => {
    const address = [{ url: 'https://e.invalid/a.png' }];
    const data = [{ data: 'aGVsbG8=', mimeType: 'image/png' }];
    expect(found({ agents: [{ id: 'a', images: address }], settings: local })).toEqual([
      'error image_url_needs_cloud agents[0].images[0]',
    ]);
    expect(found({ agents: [{ id: 'a', images: data }], settings: local })).toEqual([]);
    expect(found({ agents: [{ id: 'a', images: address }] })).toEqual([]);
  });

  it('that work locally too, such as subagents and the mode, are accepted', () => {
    const subagents = [{ name: 'tester', description: 'tests', prompt: 'Test it.' }];
    expect(found({ agents: [{ id: 'a', mode: 'plan', subagents }], settings: local })).toEqual([]);
  });
});

describe('MCP servers', () => {
  const command = { name: 'tool', command: 'npx', args: ['tool'] };
  const messages = (settings: Parts['settings'], mode: 'local' | 'cloud') =>
    validateWorkflow(sampleWorkflow({ settings: { ...settings, mcpServers: [command] } }), { mode })
      .filter(({ code }) => code === 'mcp_server_started')
      .map(({ severity, message }) => `${severity}: ${message}`);

  it('that are started by a command cause a notice before a run', () => {
    expect(found({ settings: { mcpServers: [command] } })).toEqual([]);
    expect(messages({}, 'cloud')).toEqual([expect.stringMatching(/^notice: .*cloud agent/)]);
    expect(messages(local, 'local')).toEqual([expect.stringMatching(/^notice: .*this machine/)]);
  });

  it.each([
    'http://localhost:3000/mcp',
    'http://127.0.0.1/mcp',
    'http://[::1]:8080/',
    'https://x.localhost',
  ])('on this machine are out of reach for the cloud: %s', (address) => {
    const settings = { mcpServers: [{ name: 'docs', url: address }] };
    const warning = ['warning mcp_server_out_of_reach settings.mcpServers[0].url'];
    expect(found({ settings })).toEqual(warning);
    expect(found({ settings }, { backend: 'rehearsal' })).toEqual([]);
    expect(found({ settings: { ...settings, ...local } })).toEqual([]);
  });
});
