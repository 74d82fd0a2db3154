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

test('counts the memory of agents that wait for a permission, which do not occupy a slot', () => {
  const asks = { providerId: 'anthropic', permissions: { execution: 'ask' } };
  const waiting = (...of: Parameters<typeof workflowOf>) =>
    localLoad(workflowOf(...of)).waitingAgents;
  expect(waiting(six)).toBe(0);
  expect(waiting(six, asks)).toBe(2);
  expect(waiting([...six, ...six], asks)).toBe(4);
  expect(waiting([{ providerId: 'cursor-agent' }, ...six, ...six], asks)).toBe(4);
  expect(waiting(six, { ...asks, providerId: 'cursor-agent' })).toBe(0);
  expect(waiting(six, { providerId: 'anthropic' })).toBe(0);
  expect(waiting(six, { ...asks, local: { isolation: 'in-place' } })).toBe(0);
  const load = localLoad(workflowOf(six, asks));
  expect(load.memoryBytes).toBe(1_500_000_000);
  expect(memoryProblems(load, 1_400_000_000)[0]?.message).toBe(
    '4 agents at the same time, and 2 waiting for a permission, need about 1.5 GB of memory, and this machine has 1.4 GB free.',
  );
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
