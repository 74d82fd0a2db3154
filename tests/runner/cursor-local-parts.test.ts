import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostWorld, script, type TestHost } from '../../testing/local-host.ts';

/** A server by the Model Context Protocol, over standard input and output, that adds and tells what it was given. */
const mcpServer = `
const reply = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') {
    const { protocolVersion } = params;
    reply(id, { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'sums', version: '1' } });
  } else if (method === 'tools/list') {
    const number = { type: 'number' };
    const inputSchema = { type: 'object', properties: { a: number, b: number } };
    reply(id, { tools: [{ name: 'add', description: 'Adds', inputSchema }] });
  } else if (method === 'tools/call') {
    const { a, b } = params.arguments;
    const { SUMS_KEY, CEREVISOR_THREAD } = process.env;
    reply(id, { content: [{ type: 'text', text: [a + b, SUMS_KEY, CEREVISOR_THREAD].join(' ') }] });
  } else if (id !== undefined) reply(id, {});
});
`;

/** One transparent pixel. */
const data =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

type LedgerTurn = Record<string, unknown>;

let world: HostWorld;
beforeAll(async () => {
  world = await HostWorld.start();
});
afterAll(() => world.close());

async function turnsOf(threadId: string): Promise<readonly LedgerTurn[]> {
  const ledger = await (await fetch(`${world.url}/rehearsal/ledger`)).json();
  // The ledger's own shape.
  const { localAgents } = ledger as { localAgents: { id: string; turns: LedgerTurn[] }[] };
  return localAgents.find(({ id }) => id === threadId)?.turns ?? [];
}

describe('the options of a thread', () => {
  let host: TestHost;
  let threadId: string;
  let cwd: string;
  beforeAll(async () => {
    const thread = world.newThread({
      modelParameters: { fast: 'true' },
      subagents: [{ name: 'reviewer', description: 'Reviews', prompt: 'You review.' }],
    });
    ({ threadId, cwd } = thread);
    const server = join(cwd, 'mcp-server.cjs');
    writeFileSync(server, mcpServer);
    mkdirSync(join(cwd, '.cursor'));
    const hooks = { afterFileEdit: [{ command: 'touch hook-ran' }] };
    writeFileSync(join(cwd, '.cursor/hooks.json'), JSON.stringify({ version: 1, hooks }));
    const sums = { command: process.execPath, args: [server], env: { SUMS_KEY: 'of-the-server' } };
    host = await world.open({ ...thread, mcpServers: { sums } });
  });

  it('include MCP servers, with their own variables and the marker of the thread', async () => {
    const { items } = await host.run(script('mcp sums add {"a": 2, "b": 3}'));
    const call = items.findLast(({ kind }) => kind === 'tool-call');
    expect(call).toMatchObject({ name: 'mcp', status: 'completed' });
    expect(JSON.stringify(call)).toContain(`5 of-the-server ${threadId}`);
  });

  it('include subagents, which really run', async () => {
    const { items, end } = await host.run(script('subagent reviewer Look at it', 'say Reviewed.'));
    expect(items.findLast(({ kind }) => kind === 'tool-call')).toMatchObject({
      name: 'task',
      status: 'completed',
    });
    expect(end.result).toBe('Reviewed.');
  });

  it("are the project's hooks", async () => {
    await host.run(script('write edited.txt hello'));
    await expect.poll(() => existsSync(join(cwd, 'hook-ran'))).toBe(true);
  });

  it('include images, the mode, and the parameters of the model', async () => {
    await host.run(script('say Seen.'), {
      images: [{ data, mimeType: 'image/png' }],
      mode: 'plan',
    });
    expect((await turnsOf(threadId)).at(-1)).toMatchObject({
      images: 1,
      mode: 'plan',
      model: { id: 'composer-2.5', params: [{ id: 'fast', value: 'true' }] },
    });
  });
});
