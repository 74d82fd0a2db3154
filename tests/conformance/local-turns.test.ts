import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { script } from './harness.ts';
import {
  answerOnly,
  type LocalHarness,
  startLocalHarness,
  textIn,
  toolsIn,
} from './local-harness.ts';

describe("the unmodified SDK's local mode against the rehearsal cloud", () => {
  let harness: LocalHarness;
  beforeAll(async () => {
    harness = await startLocalHarness();
  });
  afterEach(() => harness.clear());
  afterAll(() => harness.close());

  it('does real work in the folder for a prompt without a script, and hands off', async () => {
    const agentId = await harness.create();
    const prompt = [
      '# Cart',
      '## Files to read\n\n- `README.md`',
      '## Files to produce\n\n- `src/cart.js`',
      '## Your last message\n\nEnd with a section "## Hand-off summary".',
    ].join('\n\n');
    const report = await harness.run(agentId, prompt);
    expect(report.result).toMatchObject({ status: 'finished' });
    expect(report.result.result).toContain('## Hand-off summary');
    expect(harness.read('src/cart.js')).toContain('Cart');
    expect(toolsIn(report)).toEqual([
      'glob success',
      'read success',
      'shell success',
      'edit success',
      'edit success',
    ]);
    expect(report.result.usage?.outputTokens).toBeGreaterThan(0);
    expect(report.messages.map(({ type }) => type)).toContain('usage');
    expect(report.conversation).toHaveLength(1);
  });

  it('executes a script with every kind of step, and reports its final message', async () => {
    const agentId = await harness.create();
    const report = await harness.run(
      agentId,
      script(
        'think I wonder',
        'write deep/er/a.txt hello',
        'edit deep/er/a.txt hello "good day"',
        'append deep/er/a.txt more',
        'read deep/er/a.txt',
        'ls deep',
        'grep good',
        'glob **/*.txt',
        'run echo out; echo err >&2; exit 3',
        'todo one; two',
        'write b.txt gone',
        'delete b.txt',
        'artifact report.md "# Report"',
        'wait 5ms',
        'say All done.',
      ),
    );
    expect(report.result).toMatchObject({ status: 'finished', result: 'All done.' });
    expect(harness.read('deep/er/a.txt')).toBe('good day\nmore\n');
    expect(harness.read('artifacts/report.md')).toContain('# Report');
    expect(existsSync(join(harness.cwd, 'b.txt'))).toBe(false);
    expect(toolsIn(report)).toEqual([
      'edit success',
      'edit success',
      'edit success',
      'read success',
      'ls success',
      'grep success',
      'glob success',
      'shell success',
      'updateTodos success',
      'edit success',
      'delete success',
      'edit success',
    ]);
    const shell = report.messages.findLast(
      (message) => message.type === 'tool_call' && message.name === 'shell',
    );
    expect(shell).toMatchObject({
      result: { value: { exitCode: 3, stdout: 'out\n', stderr: 'err\n' } },
    });
    expect(report.deltas.map(({ type }) => type)).toContain('shell-output-delta');
  });

  it('changes nothing outside the working folder by default, and explains why', async () => {
    writeFileSync(join(harness.folder, 'outside.txt'), 'untouched');
    const agentId = await harness.create();
    const report = await harness.run(
      agentId,
      script(
        'write ../outside.txt changed',
        'write .git/hooks/post-commit evil',
        'delete ../outside.txt',
        'read /etc/hostname',
        'say Done.',
      ),
    );
    expect(toolsIn(report)).toEqual(['edit error', 'edit error', 'delete error', 'read error']);
    expect(textIn(report)).toContain('outside the workspace');
    expect(existsSync(join(harness.folder, 'outside.txt'))).toBe(true);
    expect(existsSync(join(harness.cwd, '.git/hooks/post-commit'))).toBe(false);
  });

  it('answers with a value that matches the JSON schema of the prompt', async () => {
    const agentId = await harness.create();
    const schema = { type: 'object', properties: { holds: { type: 'boolean' } } };
    const prompt = `# Judge\n\nChange no files.\n\n\`\`\`json-schema\n${JSON.stringify(schema)}\n\`\`\``;
    const { result } = await harness.run(agentId, prompt);
    expect(result.result).toBe('```json\n{\n  "holds": true\n}\n```');
  });

  it('keeps the conversation with the client, and remembers it in the next turn', async () => {
    const agentId = await harness.create();
    await harness.run(agentId, answerOnly('Remember the word walnut.'));
    const second = await harness.run(agentId, answerOnly('Go on.'));
    const thoughts = second.messages.flatMap((one) => (one.type === 'thinking' ? one.text : ''));
    expect(thoughts.join('')).toContain('walnut');
    const turns = await harness.turnsOf(agentId);
    expect(turns.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual([
      'FINISHED 1',
      'FINISHED 1',
    ]);
  });

  it('scripts a prompt from outside, with an exact answer', async () => {
    const agentId = await harness.create();
    await harness.post('/rehearsal/scripts', {
      match: { text: 'verdict' },
      script: 'write verdict.txt yes',
      answer: 'REVIEW-COMPLETE',
    });
    const { result } = await harness.run(agentId, 'Give your verdict.');
    expect(result.result).toBe('REVIEW-COMPLETE');
    expect(harness.read('verdict.txt')).toBe('yes\n');
  });

  it('ends a failing turn with the message of the script, and accepts a further one', async () => {
    const agentId = await harness.create();
    const failed = await harness.run(agentId, script('fail Not today'));
    expect(failed.result.status).toBe('error');
    expect(failed.result.error?.message).toContain('Not today');
    const further = await harness.run(agentId, script('say Better.'));
    expect(further.result).toMatchObject({ status: 'finished', result: 'Better.' });
  });

  it('cancels in the middle of a command and ends that command', async () => {
    const agentId = await harness.create();
    const report = await harness.run(agentId, script('run sleep 600; touch late.txt'), {
      atFirstTool: 'cancel',
    });
    expect(report.result.status).toBe('cancelled');
    const further = await harness.run(agentId, script('say Still here.'));
    expect(further.result.result).toBe('Still here.');
    expect(existsSync(join(harness.cwd, 'late.txt'))).toBe(false);
    await expect.poll(async () => (await harness.turnsOf(agentId))[0]?.status).toBe('DISCONNECTED');
  });

  it('shows local agents on the page for people', async () => {
    const agentId = await harness.create();
    await harness.run(agentId, script('write page.txt <b>', 'say Done.'));
    const overview = await (await fetch(`${harness.url}/rehearsal`)).text();
    expect(overview).toContain(agentId);
    expect(overview).toContain('1 tool calls, 1 attempts');
  });

  it('reports the usage of a local agent through the API', async () => {
    const agentId = await harness.create();
    const { result } = await harness.run(
      agentId,
      script('say Seven words are in this very sentence.'),
    );
    const usage = await harness.sdk.call({ do: 'usage', agentId });
    expect(usage).toMatchObject({ usage: { totalTokens: result.usage?.totalTokens } });
  });
});
