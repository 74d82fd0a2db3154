import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { parseWorkflow } from './parse.ts';
import type { WorkflowInput } from './schema.ts';
import { isRunnable, validateWorkflow } from './validate.ts';

const found = (workflow: ReturnType<typeof sampleWorkflow>) =>
  validateWorkflow(workflow).map(({ code, pointer }) => `${code} ${pointer}`);

const withCloud = (cloud: NonNullable<WorkflowInput['settings']>['cloud']) =>
  sampleWorkflow({ settings: { cloud } });

describe('a workflow', () => {
  it('has no problems if it is valid', () => {
    const workflow = sampleWorkflow({ agents: ['a', 'b'], connections: ['a->b'] });
    expect(validateWorkflow(workflow)).toEqual([]);
    expect(validateWorkflow(workflow, { mode: 'cloud' })).toEqual([]);
  });

  it('needs agents with a name of limited length and instructions', () => {
    expect(found(sampleWorkflow({ agents: [] }))).toEqual(['no_agents agents']);
    const agents = [
      { id: 'a', name: ' ' },
      { id: 'b', instructions: '\n' },
      { id: 'c', name: 'x'.repeat(101) },
      { id: 'b' },
    ];
    expect(found(sampleWorkflow({ agents }))).toEqual([
      'agent_name_blank agents[0].name',
      'agent_instructions_blank agents[1].instructions',
      'agent_name_too_long agents[2].name',
      'agent_id_duplicate agents[3].id',
      'agent_name_duplicate agents[3].name',
    ]);
  });

  it('reports fields without effect on Cursor', () => {
    const agents = [{ id: 'a', skills: ['review'], allowedTools: [] }];
    expect(found(sampleWorkflow({ agents }))).toEqual([
      'agent_field_without_effect agents[0].skills',
    ]);
  });

  it('reports dangling, cyclic and duplicate connections', () => {
    const connections = ['a->x', 'a->a', 'a->b', { id: 'second', source: 'a', target: 'b' }];
    expect(found(sampleWorkflow({ agents: ['a', 'b'], connections }))).toEqual([
      'connection_dangling connections[0].target',
      'connection_to_itself connections[1]',
      'connection_duplicate connections[3]',
    ]);
  });

  it('reports the agents of a cycle, and the connection that closes it', () => {
    const workflow = sampleWorkflow({
      agents: ['start', 'plan', 'build', 'check'],
      connections: ['start->plan', 'plan->build', 'build->check', 'check->plan'],
    });
    expect(validateWorkflow(workflow)).toMatchObject([
      {
        code: 'connection_cycle',
        pointer: 'connections[3]',
        message:
          'These agents wait for each other in a cycle: Agent plan -> Agent build -> Agent check -> Agent plan.',
      },
    ]);
  });

  it('needs a schema for a structured hand-off', () => {
    const handoff = { source: 'a', handoffFormat: 'structured-json' } as const;
    const connections = [
      { ...handoff, target: 'b' },
      { ...handoff, target: 'c', handoffSchema: true },
    ];
    expect(found(sampleWorkflow({ agents: [...'abc'], connections }))).toEqual([
      'handoff_schema_missing connections[0]',
    ]);
  });

  it('warns if two agents may write the same file at the same time', () => {
    const agents = [
      { id: 'a', outputFiles: ['docs/plan.md'] },
      { id: 'b', outputFiles: ['./docs\\plan.md'] },
      { id: 'c', outputFiles: ['docs/plan.md'] },
    ];
    const workflow = sampleWorkflow({ agents, connections: ['a->c', 'b->c'] });
    expect(validateWorkflow(workflow)).toMatchObject([
      { code: 'output_file_conflict', severity: 'warning', pointer: 'agents[1].outputFiles' },
    ]);
  });

  it("needs well-formed, unique repository targets within Cursor's limit", () => {
    const repos = [
      { url: 'github.com/acme/shop' },
      { url: 'https://user:token@github.com/acme/shop' },
      { url: 'https://github.com/acme/shop', startingRef: 'no branch' },
      { url: 'https://GitHub.com/acme/Shop.git/' },
      { url: 'https://github.com/acme' },
    ];
    expect(found(withCloud({ repos }))).toEqual([
      'repository_url_malformed settings.cloud.repos[0].url',
      'repository_url_with_secret settings.cloud.repos[1].url',
      'starting_ref_malformed settings.cloud.repos[2].startingRef',
      'repository_url_malformed settings.cloud.repos[4].url',
      'repository_duplicate settings.cloud.repos[3]',
    ]);
    const many = Array.from({ length: 21 }, (_, index) => ({
      url: `https://github.com/acme/r${index}`,
    }));
    expect(found(withCloud({ repos: many }))).toEqual([
      'too_many_repositories settings.cloud.repos',
    ]);
    const [suggested] = validateWorkflow(withCloud({ repos: [{ url: 'acme/shop' }] }));
    expect(suggested?.suggestion).toBe('Write it as https://github.com/acme/shop.');
  });

  it("follows Cursor's rules for repositories in each environment", () => {
    const two = [{ url: 'https://github.com/acme/shop' }, { url: 'https://github.com/acme/site' }];
    expect(found(withCloud({ repos: two, env: { type: 'cloud', name: 'ready' } }))).toEqual([
      'environment_excludes_repositories settings.cloud.env',
    ]);
    expect(found(withCloud({ repos: two, env: { type: 'pool' } }))).toEqual([
      'environment_takes_one_repository settings.cloud.env',
    ]);
    expect(found(withCloud({ repos: two, env: { type: 'pool', name: 'big' } }))).toEqual([]);
  });

  it('needs MCP servers that Cursor accepts, and warns about secrets', () => {
    const mcpServers = [
      { name: 'docs', url: 'https://docs.example/mcp' },
      { name: 'docs', type: 'stdio' as const },
      { name: 'remote', url: 'https://me:pw@example.com', timeout: 3 },
      { name: 'tool', command: 'npx', env: { API_TOKEN: 'x' } },
    ];
    expect(found(sampleWorkflow({ settings: { mcpServers } })).toSorted()).toEqual([
      'mcp_server_command settings.mcpServers[1]',
      'mcp_server_field settings.mcpServers[2].timeout',
      'mcp_server_name settings.mcpServers[1].name',
      'mcp_server_secret settings.mcpServers[3]',
      'mcp_server_url settings.mcpServers[2].url',
    ]);
  });
});

describe("the document's own settings", () => {
  const validated = (settings: WorkflowInput['settings']) =>
    validateWorkflow(sampleWorkflow({ settings })).map(
      ({ severity, code }) => `${severity} ${code}`,
    );

  it('are validated like those of a run', () => {
    expect(validated({ cloud: {} })).toEqual(['error repository_missing']);
    expect(validated({ cloud: { allowNoRepository: true } })).toEqual([]);
    expect(validated({ providerId: 'codex' })).toEqual(['error run_mode_needs_cursor_agent']);
    expect(validated({ runMode: 'local' })).toEqual([]);
  });

  it('let a minimal workflow run on this machine', () => {
    const parsed = parseWorkflow(
      '{"version":"1.0","id":"w","name":"W","agents":[{"id":"a","name":"A","instructions":"x"}]}',
    );
    const problems = parsed.ok ? validateWorkflow(parsed.workflow) : [];
    expect(problems.map(({ code }) => code)).toEqual([]);
  });

  it('may be overridden by a run, whose values are then validated', () => {
    const workflow = sampleWorkflow({ settings: { runMode: 'local', cloud: {} } });
    const repositories = [{ url: 'https://github.com/acme/shop' }];
    expect(validateWorkflow(workflow, { mode: 'cloud', repositories })).toEqual([]);
  });

  it('cause a warning about a local repository if the backend is unknown', () => {
    expect(validated({ cloud: { repos: [{ url: '/srv/shop' }] } })).toEqual([
      'warning repository_out_of_reach',
    ]);
  });
});

describe('the preflight of a run', () => {
  const codes = (...args: Parameters<typeof validateWorkflow>) =>
    validateWorkflow(...args).map(({ code }) => code);

  it('allows every flow type', () => {
    const flows = [
      { source: 'a', target: 'b', flowType: 'conditional', condition: 'It is a bug.' },
      { source: 'a', target: 'b', flowType: 'approval-gate' },
      { source: 'b', target: 'a', flowType: 'loop', loopCondition: 'The review is clean.' },
    ] as const;
    for (const flow of flows) {
      const connections = flow.flowType === 'loop' ? ['a->b', flow] : [flow];
      const workflow = sampleWorkflow({ agents: ['a', 'b'], connections });
      for (const conditions of [{}, { mode: 'cloud' }] as const)
        expect(validateWorkflow(workflow, conditions)).toEqual([]);
    }
  });

  it('requires a repository in the cloud, unless the workflow allows none', () => {
    expect(codes(withCloud({}), { mode: 'cloud' })).toEqual(['repository_missing']);
    expect(codes(withCloud({ allowNoRepository: true }), { mode: 'cloud' })).toEqual([]);
    expect(codes(withCloud({ env: { type: 'cloud', name: 'x' } }), { mode: 'cloud' })).toEqual([]);
    const repositories = [{ url: 'https://github.com/acme/shop' }];
    expect(codes(withCloud({}), { mode: 'cloud', repositories })).toEqual([]);
    expect(codes(withCloud({}), { mode: 'cloud', repositories: [{ url: 'shop' }] })).toEqual([
      'repository_url_malformed',
    ]);
  });

  it('allows local repositories only on the rehearsal cloud', () => {
    for (const url of ['/srv/shop.git', 'file:///srv/shop', 'git@github.com:acme/shop.git']) {
      const workflow = withCloud({ repos: [{ url }] });
      expect(isRunnable(validateWorkflow(workflow, { mode: 'cloud', backend: 'cursor' }))).toBe(
        false,
      );
      expect(codes(workflow, { mode: 'cloud', backend: 'rehearsal' })).toEqual([]);
    }
  });

  it('rejects providers that are not set up on this machine, if they are known', () => {
    const workflow = sampleWorkflow({
      agents: [{ id: 'a', providerId: 'my-claude' }, 'b', { id: 'c', providerId: 'codex' }],
      settings: { runMode: 'local', providerId: 'anthropic' },
    });
    expect(codes(workflow)).toEqual([]);
    const providers = { defaultId: 'cursor-agent', references: ['cursor-agent', 'codex'] };
    expect(validateWorkflow(workflow, { providers })).toMatchObject([
      { code: 'provider_missing', path: ['settings', 'providerId'] },
      { code: 'provider_unknown', path: ['agents', 0, 'providerId'] },
    ]);
  });

  it('uses the default of the library if the document names no provider', () => {
    const workflow = sampleWorkflow({ agents: ['a'], settings: { cloud: {} } });
    const withDefault = (defaultId: string) =>
      codes(workflow, { mode: 'cloud', providers: { defaultId, references: [defaultId] } });
    expect(withDefault('cursor-agent')).toEqual(['repository_missing']);
    expect(withDefault('ollama')).toEqual(['run_mode_needs_cursor_agent']);
  });

  it('notes that files are not tracked in the cloud', () => {
    const problems = validateWorkflow(
      sampleWorkflow({ agents: [{ id: 'a', outputFiles: ['x.md'] }] }),
      {
        mode: 'cloud',
      },
    );
    expect(problems).toMatchObject([{ code: 'file_tracking_off', severity: 'notice' }]);
    expect(isRunnable(problems)).toBe(true);
  });
});
