import { describe, expect, it } from 'vitest';
import { parseWorkflow } from '../parse.ts';

const minimal = { version: '1.0', id: 'w', name: 'W', agents: [{ id: 'a', name: 'A' }] };

function problemsOf(text: string) {
  const parsed = parseWorkflow(text);
  return parsed.ok ? [] : parsed.problems;
}

describe('a workflow with faults of shape', () => {
  it('has broken rules reported too, with their positions', () => {
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
  "settings": { "runMode": "cloud", "cloud": { "maxAttempts": 99 } }
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
        '15 settings.cloud.maxAttempts out_of_range',
        '15 settings.cloud.repos repository_missing',
      ].toSorted(),
    );
  });

  it('has no problems reported that may only be consequences of the faults', () => {
    const agent = { id: 'a', name: 'A', instructions: 'x' };
    const structured = { handoffFormat: 'structured-json' };
    const faulty: Record<string, [document: object, pointers: string[]]> = {
      'a limit of tokens that is out of range, beside a budget in money': [
        {
          agents: [agent],
          settings: {
            runMode: 'cloud',
            providerId: 'cursor-agent',
            cloud: { repos: [{ url: 'https://github.com/acme/shop' }] },
            loopAndEnhance: { enabled: true, budgetTokens: 0 },
          },
        },
        ['settings.loopAndEnhance.budgetTokens'],
      ],
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
        { agents: [agent], settings: { runMode: 'clowd', cloud: { autoCreatePR: true } } },
        ['settings.runMode'],
      ],
      'a mode of an agent that is unknown': [
        { agents: [{ ...agent, runMode: 7, images: [{ url: 'https://e.invalid' }] }] },
        ['agents[0].runMode'],
      ],
      'what branches and loops are decided by': [
        {
          agents: ['a', 'b'].map((id) => ({ ...agent, id, name: id })),
          connections: [
            { source: 'a', target: 'b', condition: 7, flowType: 'sometimes', isElse: true },
            { source: 'b', target: 'b2', loopCondition: 7, flowType: 'loop' },
          ],
        },
        [
          'connections[0].condition',
          'connections[0].flowType',
          'connections[1].loopCondition',
          'connections[1].target',
        ],
      ],
      'local settings that cannot be read': [
        {
          agents: [agent],
          settings: {
            runMode: 'cloud',
            cloud: { allowNoRepository: true },
            local: { isolation: 7, copy: ['../x'], setup: ['', 7] },
            permissions: 7,
          },
        },
        [
          'settings.local.copy[0]',
          'settings.local.isolation',
          'settings.local.setup[1]',
          'settings.permissions',
        ],
      ],
    };
    for (const [name, [document, pointers]] of Object.entries(faulty)) {
      const cloud = { runMode: 'cloud', cloud: { allowNoRepository: true } };
      const text = JSON.stringify({ ...minimal, settings: cloud, ...document });
      const found = problemsOf(text).map(({ pointer }) => pointer);
      expect(found.toSorted(), name).toEqual(pointers.toSorted());
    }
  });
});
