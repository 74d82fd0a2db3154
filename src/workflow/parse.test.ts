import { describe, expect, it } from 'vitest';
import { parseWorkflow } from './parse.ts';

const minimal = { version: '1.0', id: 'w', name: 'W', agents: [{ id: 'a', name: 'A' }] };

function problemsOf(text: string) {
  const parsed = parseWorkflow(text);
  return parsed.ok ? [] : parsed.problems;
}

describe('parsing a workflow', () => {
  it('requires version, id, name and agents, and sets defaults for the rest', () => {
    const parsed = parseWorkflow(
      JSON.stringify({ ...minimal, connections: [{ source: 'a', target: 'b' }] }),
    );
    expect(parsed.ok && parsed.workflow).toMatchObject({
      description: '',
      columns: [],
      connections: [{ id: 'a->b', flowType: 'always', handoffFormat: 'summary' }],
      settings: {
        runMode: 'local',
        cloud: { repos: [], autoCreatePR: false, pullRequests: 'final-agents', maxAttempts: 1 },
        local: { isolation: 'worktree', carryUncommitted: true, setup: [], copy: [] },
        permissions: {},
        loopAndEnhance: {
          enabled: false,
          maxRounds: 3,
          budgetUsd: 5,
          strictness: 'strict',
          pauseBetweenRounds: false,
        },
        mcpServers: [],
      },
      viewport: { x: 0, y: 0, zoom: 1 },
      agents: [{ role: 'custom', instructions: '', position: { x: 0, y: 0 } }],
    });
  });

  it('preserves unknown fields at every level', () => {
    const unknown = {
      ...minimal,
      later: [1],
      agents: [{ id: 'a', name: 'A', later: 2, position: { x: 1, y: 2, z: 3 }, loop: { kind: 3 } }],
      settings: {
        later: 4,
        cloud: { later: 5, repos: [{ url: 'u', later: 6 }] },
        local: { later: 7 },
        permissions: { web: 'ask' },
        loopAndEnhance: { later: 8 },
      },
    };
    const parsed = parseWorkflow(JSON.stringify(unknown));
    expect(parsed.ok && parsed.workflow).toMatchObject(unknown);
  });

  it('reports the line and column of a JSON syntax error', () => {
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

  it('rejects an empty or extremely nested file', () => {
    expect(problemsOf(' \n')).toMatchObject([{ code: 'file_empty' }]);
    expect(problemsOf('['.repeat(100_000))).toMatchObject([{ code: 'document_too_large' }]);
  });

  it('suggests what to do about a file of a later version, without problems of its fields', () => {
    const problems = problemsOf('{"version":"1.1","agents":{}}');
    expect(problems).toMatchObject([
      { code: 'version_later', pointer: 'version', line: 1, column: 12 },
    ]);
    expect(problems[0]?.message).toContain('1.1');
    expect(problems[0]?.suggestion).toContain('Update Cerevisor');
    expect(problemsOf('{"version":"banana"}')).toMatchObject([{ code: 'version_unknown' }]);
  });

  it('reports all faults of shape at once, with their positions', () => {
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

  it('warns about a duplicate key', () => {
    const parsed = parseWorkflow(
      JSON.stringify(minimal).replace('"name":"W"', '"name":"W","name":"V"'),
    );
    expect(parsed.ok && parsed.notices).toMatchObject([{ code: 'duplicate_key', pointer: 'name' }]);
    expect(parsed.ok && parsed.workflow.name).toBe('V');
  });

  it('reads a file with a byte order mark', () => {
    expect(parseWorkflow(`\uFEFF${JSON.stringify(minimal)}`).ok).toBe(true);
  });

  it('is not affected by keys with a special meaning in JavaScript', () => {
    const text = JSON.stringify(minimal).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":2,',
    );
    expect(parseWorkflow(text).ok).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
