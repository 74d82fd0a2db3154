import { describe, expect, it } from 'vitest';
import { parseWorkflow } from './parse.ts';

const minimal = { version: '1.0', id: 'w', name: 'W', agents: [{ id: 'a', name: 'A' }] };

function problemsOf(text: string) {
  const parsed = parseWorkflow(text);
  return parsed.ok ? [] : parsed.problems;
}

describe('parsing a workflow', () => {
  it('needs version, id, name and agents, and fills in the rest', () => {
    const parsed = parseWorkflow(
      JSON.stringify({ ...minimal, connections: [{ source: 'a', target: 'b' }] }),
    );
    expect(parsed.ok && parsed.workflow).toMatchObject({
      description: '',
      columns: [],
      connections: [{ id: 'a->b', flowType: 'always', handoffFormat: 'summary' }],
      settings: {
        providerId: 'cursor-agent',
        runMode: 'local',
        cloud: { repos: [], autoCreatePR: false, pullRequests: 'final-agents', maxAttempts: 1 },
        mcpServers: [],
      },
      viewport: { x: 0, y: 0, zoom: 1 },
      agents: [{ role: 'custom', instructions: '', position: { x: 0, y: 0 } }],
    });
  });

  it('keeps fields that it does not know, at every level', () => {
    const unknown = {
      ...minimal,
      later: [1],
      agents: [{ id: 'a', name: 'A', later: 2, position: { x: 1, y: 2, z: 3 } }],
      settings: { later: 4, cloud: { later: 5, repos: [{ url: 'u', later: 6 }] } },
    };
    const parsed = parseWorkflow(JSON.stringify(unknown));
    expect(parsed.ok && parsed.workflow).toMatchObject(unknown);
  });

  it('names the line and column where the text stops being JSON', () => {
    expect(problemsOf('{\n  "version": "1.0",,\n}')).toMatchObject([
      { code: 'not_json', line: 2, column: 20 },
    ]);
    for (const text of [
      '{',
      '"',
      '[1,]',
      '{"a":1} x',
      '// no',
      'nul',
      '{"a":"\u0001"}',
      '\\',
      '01',
    ])
      expect(problemsOf(text), text).toMatchObject([{ code: 'not_json', line: 1 }]);
  });

  it('says that an empty or an endlessly nested file is no workflow', () => {
    expect(problemsOf(' \n')).toMatchObject([{ code: 'file_empty' }]);
    expect(problemsOf('['.repeat(100_000))).toMatchObject([{ code: 'document_too_large' }]);
  });

  it('says what to do about a file of a later version, and nothing about its fields', () => {
    const problems = problemsOf('{"version":"1.1","agents":{}}');
    expect(problems).toMatchObject([
      { code: 'version_later', pointer: 'version', line: 1, column: 12 },
    ]);
    expect(problems[0]?.message).toContain('1.1');
    expect(problems[0]?.suggestion).toContain('Update Cerevisor');
    expect(problemsOf('{"version":"banana"}')).toMatchObject([{ code: 'version_unknown' }]);
  });

  it('finds every mistake of shape at once, each with its place', () => {
    const text = `{
  "version": "1.0",
  "id": "w",
  "agents": [
    { "id": "a", "name": 7 },
    { "name": "B", "position": { "x": "left" } },
    "C"
  ],
  "connections": [{ "source": "a", "flowType": "sometimes" }],
  "settings": { "runMode": "clowd", "cloud": { "repos": [{}], "maxAttempts": 99 }, "mcpServers": {} }
}`;
    const found = problemsOf(text).map(({ pointer, code, line }) => `${line} ${pointer} ${code}`);
    expect(found.toSorted()).toEqual(
      [
        '1 name missing_field',
        '5 agents[0].name wrong_type',
        '6 agents[1].id missing_field',
        '6 agents[1].position.x wrong_type',
        '7 agents[2] wrong_type',
        '9 connections[0].target missing_field',
        '9 connections[0].flowType unknown_value',
        '10 settings.runMode unknown_value',
        '10 settings.cloud.repos[0].url missing_field',
        '10 settings.cloud.maxAttempts out_of_range',
        '10 settings.mcpServers wrong_type',
        '5 agents[0].instructions agent_instructions_blank',
        '6 agents[1].instructions agent_instructions_blank',
      ].toSorted(),
    );
  });

  it('names broken rules along with mistakes of shape, each with its place', () => {
    const text = `{
  "version": "1.0", "id": "w", "name": "W",
  "agents": [
    { "id": "a", "name": "A", "instructions": "x", "position": { "x": "left" } },
    { "id": "a", "name": "Twice", "instructions": "x", "outputFiles": ["same.md"] },
    { "id": "b", "name": "B", "instructions": "x", "role": 7 },
    { "id": "c", "name": "C", "instructions": "x", "outputFiles": ["same.md"] }
  ],
  "connections": [
    { "id": "c1", "source": "b", "target": "nobody" },
    { "id": "c2", "source": "b", "target": "b", "label": 5 },
    { "id": "c3", "source": "a", "target": "b" },
    { "id": "c4", "source": "b", "target": "a", "flowType": "sometimes" }
  ],
  "settings": { "runMode": "cloud", "providerId": "codex", "cloud": { "maxAttempts": 99 } }
}`;
    const found = problemsOf(text).map(({ pointer, code, line }) => `${line} ${pointer} ${code}`);
    expect(found.toSorted()).toEqual(
      [
        '4 agents[0].position.x wrong_type',
        '5 agents[1].id agent_id_duplicate',
        '6 agents[2].role wrong_type',
        '7 agents[3].outputFiles output_file_conflict',
        '10 connections[0].target connection_dangling',
        '11 connections[1] connection_to_itself',
        '11 connections[1].label wrong_type',
        '13 connections[3] connection_cycle',
        '13 connections[3].flowType unknown_value',
        '15 settings.providerId provider_unsupported',
        '15 settings.cloud.maxAttempts out_of_range',
        '15 settings.cloud.repos repository_missing',
      ].toSorted(),
    );
  });

  it('names nothing that may only follow from a mistake of shape', () => {
    const agent = { id: 'a', name: 'A', instructions: 'x' };
    const structured = { handoffFormat: 'structured-json' };
    const faulty: Record<string, [document: object, pointers: string[]]> = {
      'an id that is missing, and a connection that may mean it': [
        {
          agents: [agent, { ...agent, id: undefined }],
          connections: [{ source: 'a', target: 'b' }],
        },
        ['agents[1].id', 'agents[1].name'],
      ],
      'ends that are missing, between agents that may need them': [
        {
          agents: ['a', 'b'].map((id) => ({ ...agent, id, name: id, outputFiles: ['x'] })),
          connections: [{ source: 'a' }, { source: 'a' }, null, { target: 7 }],
        },
        [
          'connections[0].target',
          'connections[1].target',
          'connections[2]',
          'connections[3].source',
          'connections[3].target',
        ],
      ],
      'a schema of another type': [
        {
          agents: [agent, { ...agent, id: 'b', name: 'B' }],
          connections: [{ ...structured, source: 'a', target: 'b', handoffSchema: 7 }],
        },
        ['connections[0].handoffSchema'],
      ],
      'agents that are none': [{ agents: ['a'] }, ['agents[0]']],
      'no list of agents': [{ agents: 7, connections: [{ source: 'a', target: 'b' }] }, ['agents']],
      'repositories and servers that cannot be read': [
        {
          agents: [agent],
          settings: {
            runMode: 'cloud',
            cloud: { repos: [{}], env: { type: 'pool' } },
            mcpServers: [{ url: 7 }, 'x'],
          },
        },
        [
          'settings.cloud.repos[0].url',
          'settings.mcpServers[0].name',
          'settings.mcpServers[0].url',
          'settings.mcpServers[1]',
        ],
      ],
      'settings of the cloud that are unclear': [
        { agents: [agent], settings: { runMode: 'cloud', cloud: { allowNoRepository: 'yes' } } },
        ['settings.cloud.allowNoRepository'],
      ],
      'a mode that is unknown': [
        { agents: [agent], settings: { runMode: 'clowd' } },
        ['settings.runMode'],
      ],
    };
    for (const [name, [document, pointers]] of Object.entries(faulty)) {
      const cloud = { runMode: 'cloud', cloud: { allowNoRepository: true } };
      const text = JSON.stringify({ ...minimal, settings: cloud, ...document });
      const found = problemsOf(text).map(({ pointer }) => pointer);
      expect(found.toSorted(), name).toEqual(pointers.toSorted());
    }
  });

  it('warns of a key that is written twice', () => {
    const parsed = parseWorkflow(
      JSON.stringify(minimal).replace('"name":"W"', '"name":"W","name":"V"'),
    );
    expect(parsed.ok && parsed.notices).toMatchObject([{ code: 'duplicate_key', pointer: 'name' }]);
    expect(parsed.ok && parsed.workflow.name).toBe('V');
  });

  it('reads a file with a byte order mark', () => {
    expect(parseWorkflow(`\uFEFF${JSON.stringify(minimal)}`).ok).toBe(true);
  });

  it('is not poisoned by keys with a meaning in JavaScript', () => {
    const text = JSON.stringify(minimal).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":2,',
    );
    expect(parseWorkflow(text).ok).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
