import { expect, test } from 'vitest';
import { workflowSchema } from '../../workflow/schema.ts';
import { localLoad, memoryProblems, sandboxedServerProblems } from './local-load.ts';

const workflowOf = (agents: readonly object[], settings: object = {}) =>
  workflowSchema.parse({
    version: '1.0',
    id: 'w',
    name: 'W',
    agents: agents.map((agent, index) => ({ id: `a${index}`, name: `A${index}`, ...agent })),
    settings: { runMode: 'local', ...settings },
  });
const six = [{}, {}, {}, {}, {}, {}];

test('counts the agents on this machine, up to the limit', () => {
  const atOnce = (...of: Parameters<typeof workflowOf>) =>
    localLoad(workflowOf(...of)).agentsAtOnce;
  expect(atOnce(six)).toBe(4);
  expect(atOnce(six, { local: { maxConcurrentAgents: 5 } })).toBe(5);
  expect(atOnce(six, { local: { isolation: 'in-place', maxConcurrentAgents: 5 } })).toBe(1);
  expect(atOnce([{}, { runMode: 'cloud' }, { runMode: 'cloud' }])).toBe(1);
});

test('warns if memory is short, and not if it is unknown', () => {
  const load = localLoad(workflowOf(six));
  expect(memoryProblems(load, load.memoryBytes)).toEqual([]);
  expect(memoryProblems(load, null)).toEqual([]);
  expect(memoryProblems(load, 500_000_000)).toMatchObject([
    {
      severity: 'warning',
      code: 'memory_short',
      message:
        '4 agents at the same time need about 1.0 GB of memory, and this machine has 500 MB free.',
    },
  ]);
});

test('warns before the run about MCP servers that the sandbox rejects', () => {
  const mcpServers = [{ name: 'tools', command: 'tools' }];
  const codes = (isInSandbox: boolean, settings: object, agents: readonly object[] = [{}]) =>
    sandboxedServerProblems(workflowOf(agents, settings), isInSandbox).map(({ code }) => code);
  expect(codes(true, { mcpServers })).toEqual(['mcp_in_sandbox']);
  expect(codes(false, { mcpServers })).toEqual([]);
  expect(codes(true, {})).toEqual([]);
  expect(codes(true, { mcpServers, permissions: { mcp: 'deny' } })).toEqual([]);
  expect(codes(true, { mcpServers }, [{ providerId: 'anthropic' }])).toEqual([]);
});
