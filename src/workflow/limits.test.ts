import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { withInferredConnections } from './inferred-connections.ts';
import { inputProblems, MAX_AGENTS } from './limits.ts';
import { workflowFrom } from './parse.ts';
import { validateWorkflow } from './validate.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`);
const chain = (count: number) => ({
  agents: names(count),
  connections: names(count - 1).map((source, index) => `${source}->a${index + 1}`),
});
const codes = (document: unknown) => {
  const read = workflowFrom(document);
  return read.ok ? [] : read.problems.map(({ code }) => code);
};
const agent = (id: string, more: object = {}) => ({ id, name: id, instructions: 'x', ...more });

describe('a workflow', () => {
  it('is rejected if it exceeds limits, before other validation', () => {
    const head = { version: '1.0', id: 'w', name: 'W' };
    const agents = names(10_000).map((id) => agent(id));
    const connections = names(9_999).map((source, index) => ({ source, target: `a${index + 1}` }));
    expect(codes({ ...head, agents, connections })).toEqual([
      'too_many_agents',
      'too_many_connections',
    ]);
    const loops = names(101).map((target) => ({ source: 'a101', target, flowType: 'loop' }));
    expect(codes({ ...head, agents: agents.slice(0, 102), connections: loops })).toEqual([
      'too_many_loops',
    ]);
    const inputFiles = Array.from({ length: 10_001 }, (_, index) => `${index}.md`);
    expect(codes({ ...head, agents: [agent('a', { inputFiles })] })).toEqual(['too_many_files']);
  });

  it('may be a chain of the maximum number of agents', () => {
    expect(validateWorkflow(sampleWorkflow(chain(MAX_AGENTS)))).toEqual([]);
  });

  it('has a bounded number of inferred connections', () => {
    const agents = names(400).map((id, index) =>
      index % 2 === 0 ? { id, outputFiles: ['x.md'] } : { id, inputFiles: ['x.md'] },
    );
    const { workflow, problems } = withInferredConnections(sampleWorkflow({ agents }));
    expect(workflow.connections).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['too_many_connections']);
  });
});

describe('an input', () => {
  it.each([undefined, '', 'text', 'Zażółć 🐢', 'x'.repeat(1024 * 1024)])('may be text', (input) => {
    expect(inputProblems(input)).toEqual([]);
  });

  it.each([
    ['x'.repeat(16_000_000), 'input_too_long'],
    ['ż'.repeat(600_000), 'input_too_long'],
    ['a\0b', 'input_not_text'],
    ['\ud83d', 'input_not_text'],
  ])('is refused when it is too long or no text', (input, code) => {
    expect(inputProblems(input)).toMatchObject([{ code, severity: 'error' }]);
  });
});

describe('text in a workflow', () => {
  const found = (agentFields: object, settings = {}) =>
    validateWorkflow(sampleWorkflow({ agents: [{ id: 'a', ...agentFields }], settings })).flatMap(
      ({ code, pointer }) => (code === 'text_malformed' ? pointer : []),
    );

  it.each([
    ['a NUL in a name', { name: 'A\0B' }, 'agents[0].name'],
    ['a NUL in instructions', { instructions: 'x\0' }, 'agents[0].instructions'],
    ['a NUL in an unknown field', { note: { deep: ['\0'] } }, 'agents[0].note.deep[0]'],
    ['an incomplete character', { instructions: '\ud83d' }, 'agents[0].instructions'],
    ['a line break in a name', { name: 'A\nB' }, 'agents[0].name'],
    ['an escape code in a role', { role: '\u001b[31mred' }, 'agents[0].role'],
    ['a turned direction in a name', { name: 'a\u202etxt.exe' }, 'agents[0].name'],
    ['a control character in a file', { outputFiles: ['a\u0085'] }, 'agents[0].outputFiles[0]'],
    ['a tab in a model', { model: 'composer\t2' }, 'agents[0].model'],
  ])('is an error: %s', (_, fields, pointer) => {
    expect(found(fields)).toEqual([pointer]);
  });

  it('may have lines in multi-line fields, and any script everywhere', () => {
    expect(
      found({
        name: 'Zażółć 日本 עברית 👩‍💻',
        instructions: 'one\n\ttwo\r\n',
        outputDefinition: { description: 'a\nb', fields: [{ name: 'x', description: 'c\nd' }] },
      }),
    ).toEqual([]);
  });
});
