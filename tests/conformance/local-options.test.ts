import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { script } from './harness.ts';
import {
  type LocalHarness,
  type RunReport,
  startLocalHarness,
  textIn,
  toolsIn,
} from './local-harness.ts';

const mcpServer = fileURLToPath(new URL('local-mcp-server.mjs', import.meta.url));

describe("options of the SDK's local mode that the rehearsal cloud supports", () => {
  let harness: LocalHarness;
  beforeAll(async () => {
    harness = await startLocalHarness();
  });
  afterEach(() => harness.clear());
  afterAll(() => harness.close());

  const resultOf = (report: RunReport, name: string): unknown => {
    const call = report.messages.findLast(
      (message) => message.type === 'tool_call' && message.name === name,
    );
    return call?.type === 'tool_call' ? call.result : undefined;
  };

  it('calls a real tool of an MCP server, and lists the available tools if the name is wrong', async () => {
    const agentId = await harness.create({
      mcpServers: { calc: { command: process.execPath, args: [mcpServer] } },
    });
    const report = await harness.run(
      agentId,
      script('mcp calc add {"a": 2, "b": 40}', 'say Done.'),
    );
    expect(JSON.stringify(resultOf(report, 'mcp'))).toContain('The sum is 42');
    const wrong = await harness.run(agentId, script('mcp calc multiply {}', 'say Done.'));
    expect(JSON.stringify(resultOf(wrong, 'mcp'))).toContain('calc (add)');
  });

  it("calls the program's own tools", async () => {
    const agentId = await harness.create({ hasCustomTool: true });
    const lines = script('mcp custom-user-tools hello {"name": "Ada"}', 'say Done.');
    const report = await harness.run(agentId, lines);
    expect(JSON.stringify(resultOf(report, 'mcp'))).toContain('Hello Ada');
    expect(await harness.sdk.call({ do: 'received' })).toContainEqual({ name: 'Ada' });
  });

  it('delegates to a subagent, which has its own turn in the same folder', async () => {
    const agentId = await harness.create({
      agents: { reviewer: { description: 'Reviews', prompt: 'You review.' } },
    });
    const task = JSON.stringify(script('write review.txt fine', 'say Reviewed.'));
    const report = await harness.run(agentId, script(`subagent reviewer ${task}`, 'say Done.'));
    expect(report.result).toMatchObject({ status: 'finished', result: 'Done.' });
    expect(JSON.stringify(resultOf(report, 'task'))).toContain('Reviewed.');
    expect(harness.read('review.txt')).toBe('fine\n');
    const turns = (await harness.localAgents()).flatMap((agent) => agent.turns);
    expect(turns.filter(({ subagent }) => subagent === 'reviewer')).toMatchObject([
      { status: 'FINISHED' },
    ]);
  });

  it('skips a tool call that is not permitted, and reports that', async () => {
    const agentId = await harness.create({ disallowedTools: ['shell'] });
    const lines = script('run touch never.txt', 'write allowed.txt yes', 'say Done.');
    const report = await harness.run(agentId, lines);
    expect(toolsIn(report)).toEqual(['edit success']);
    expect(textIn(report)).toContain('I am not allowed to use the tool shell');
    const reader = await harness.create({ tools: ['read'] });
    const read = await harness.run(
      reader,
      script('read README.md', 'write no.txt no', 'say Done.'),
    );
    expect(toolsIn(read)).toEqual(['read success']);
  });

  it('changes nothing in plan mode', async () => {
    const agentId = await harness.create();
    const lines = script('read README.md', 'write plan.txt x', 'run touch run.txt', 'say My plan.');
    const report = await harness.run(agentId, lines, { options: { mode: 'plan' } });
    expect(report.result.result).toBe('My plan.');
    expect(toolsIn(report)).toEqual(['read success']);
    expect(await harness.turnsOf(agentId)).toMatchObject([{ mode: 'plan' }]);
  });

  it('takes images, a system prompt and model parameters, and shows them in the ledger', async () => {
    const agentId = await harness.create({ systemPrompt: 'Be brief.' });
    const image = {
      data: Buffer.from('not really a picture').toString('base64'),
      mimeType: 'image/png',
    };
    await harness.run(agentId, script('say Seen.'), {
      images: [image],
      options: { model: { id: 'gpt-5.5', params: [{ id: 'reasoning', value: 'high' }] } },
    });
    expect(await harness.turnsOf(agentId)).toMatchObject([
      {
        images: 1,
        hasSystemPrompt: true,
        model: { id: 'gpt-5.5', params: [{ id: 'reasoning', value: 'high' }] },
      },
    ]);
  });

  it('reports commands and edits to the hooks of the folder', async () => {
    const log = join(harness.folder, 'hooks.log');
    const cwd = join(harness.folder, 'hooked');
    mkdirSync(join(cwd, '.cursor'), { recursive: true });
    const hook = (name: string) => ({ command: `echo ${name} >> ${log}; echo '{}'` });
    const hooks = {
      beforeShellExecution: [hook('shell')],
      afterFileEdit: [hook('edit')],
      stop: [hook('stop')],
    };
    writeFileSync(join(cwd, '.cursor/hooks.json'), JSON.stringify({ version: 1, hooks }));
    const agentId = await harness.create({ cwd, local: { settingSources: ['project'] } });
    await harness.run(agentId, script('run true', 'write a.txt x', 'say Done.'));
    await expect.poll(() => readFileSync(log, 'utf8')).toContain('stop');
    expect(readFileSync(log, 'utf8')).toMatch(/shell[\s\S]*edit/);
  });

  it('accepts messages that the user sends during a turn', async () => {
    const agentId = await harness.create();
    const lines = script('run sleep 1', 'think So', 'say Done.');
    const report = await harness.run(agentId, lines, { atFirstTool: 'steer' });
    expect(report.steered).toBe('complete_delivered');
    expect(textIn(report)).toContain('You added: And hurry');
  });

  it('reports that a question has no answer', async () => {
    const agentId = await harness.create();
    const report = await harness.run(agentId, script('ask Which color?', 'say Blue then.'));
    expect(textIn(report)).toContain('I asked: Which color?');
    expect(report.result.status).toBe('finished');
  });
});
