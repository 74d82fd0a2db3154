import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, script, startHarness } from './harness.ts';

describe('rehearsed agents', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.close());

  const finish = async (prompt: string, more?: object) => {
    const { agentId, runId } = await harness.create(prompt, { ...more });
    await harness.stream(agentId, runId);
    const { body } = await harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`);
    const run = body as {
      status: string;
      result?: string;
      durationMs: number;
      git?: { branches: { branch: string }[] };
    };
    return { agentId, runId, ...run, branch: run.git?.branches[0]?.branch ?? '' };
  };

  it('records the hand-offs it received and answers in the format that the prompt requires', async () => {
    const prompt = [
      '# Reviewer',
      '## Hand-offs you received',
      'From Planner:',
      '```handoff\nThe plan is to paint it green.\n```',
      '## Your last message',
      'End with a section "## Hand-off summary". Also one fenced json block that fits this schema:',
      '```json-schema\n{"type":"object","required":["verdict"],"properties":{"verdict":{"enum":["green","red"]}}}\n```',
    ].join('\n\n');
    const { branch, result } = await finish(prompt);
    const note = harness.git('ls-tree', '-r', '--name-only', branch, 'notes').trim();
    expect(note).toMatch(/^notes\/reviewer-[0-9a-f]{4}\.md$/);
    expect(harness.git('show', `${branch}:${note}`)).toContain('> The plan is to paint it green.');
    expect(result).toContain('```json\n{\n  "verdict": "green"\n}\n```');
    expect(result).toMatch(/\n## Hand-off summary\n/);
  });

  it('merges the branches it is told to merge', async () => {
    const one = await finish(script('write one.txt 1'));
    const two = await finish(script('write two.txt 2'));
    const prompt = `# Joiner\n\n## Branches to merge first\n\n- \`${two.branch}\`\n`;
    const repos = [{ url: harness.repository, startingRef: one.branch }];
    const joined = await finish(prompt, { repos });
    const files = harness.git('ls-tree', '-r', '--name-only', joined.branch);
    expect(files).toContain('one.txt');
    expect(files).toContain('two.txt');
  });

  it('pushes nothing in a follow-up that changes nothing', async () => {
    const { agentId } = await finish(script('write a.txt x'));
    const body = { prompt: { text: script('say nothing to do') } };
    const answer = await harness.call('POST', `/v1/agents/${agentId}/runs`, body);
    const { run } = answer.body as { run: { id: string } };
    const { frames } = await harness.stream(agentId, run.id);
    expect(frames.filter(({ event }) => event === 'tool_call')).toEqual([]);
    expect(frames.at(-2)?.data).toMatchObject({ text: 'nothing to do', git: { branches: [{}] } });
  });

  it('leaves nothing to download after it was deleted', async () => {
    const { agentId } = await finish(script('artifact a.txt hello'));
    const path = `/v1/agents/${agentId}/artifacts/download?path=artifacts/a.txt`;
    const { url } = (await harness.call('GET', path)).body as { url: string };
    await harness.call('DELETE', `/v1/agents/${agentId}`);
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${harness.url}/agents/${agentId}`)).status).toBe(404);
  });

  it('fails a first attempt and does its work in the second', async () => {
    const prompt = script('fail unless attempt 2 not yet', 'say worked');
    const first = await finish(prompt, { metadata: { attempt: '1' } });
    expect(first).toMatchObject({ status: 'ERROR', result: 'not yet' });
    expect(await finish(prompt, { metadata: { attempt: '2' } })).toMatchObject({
      result: 'worked',
    });
    expect(await finish(`${prompt}\nThis is attempt 2.`)).toMatchObject({ result: 'worked' });
  });

  it('explains a script that it cannot parse', async () => {
    const { status, result } = await finish(script('say ok', 'dance a lot'));
    expect(status).toBe('ERROR');
    expect(result).toContain('Line 2 of the rehearse block: "dance" is not an instruction');
  });

  it('runs no command unless the server allows it', async () => {
    expect(await finish(script('run touch pwned'))).toMatchObject({
      status: 'ERROR',
      result: expect.stringContaining('--allow-run'),
    });
    const permissive = await startHarness({ allowRun: true });
    const lines = [
      'run echo made > made.txt && echo kept > /opt/cursor/artifacts/kept.txt',
      'say ok',
    ];
    const { agentId, runId } = await permissive.create(script(...lines));
    await permissive.stream(agentId, runId);
    const { body } = await permissive.call('GET', `/v1/agents/${agentId}/artifacts`);
    expect(body).toMatchObject({ items: [{ path: 'artifacts/kept.txt', sizeBytes: 5 }] });
    const branch = permissive
      .git('branch', '--list', 'cursor/*', '--format=%(refname:short)')
      .trim();
    expect(permissive.git('show', `${branch}:made.txt`)).toBe('made\n');
    await permissive.close();
  });

  it('skips hours of waiting, and reports the full duration', async () => {
    await harness.call('POST', '/rehearsal/time', { scale: 20_000 });
    const { durationMs, result } = await finish(script('wait 4h', 'say rested'));
    expect(result).toBe('rested');
    expect(durationMs).toBeGreaterThanOrEqual(4 * 3_600_000);
    await harness.call('POST', '/rehearsal/time', { scale: 1 });
  });

  it('escapes foreign text on its pages', async () => {
    const { agentId } = await finish(script('say <script>alert(1)</script>'), {
      name: '<b>bold</b>',
    });
    for (const path of [`/agents/${agentId}`, '/rehearsal']) {
      const response = await fetch(`${harness.url}${path}`);
      const text = await response.text();
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(text).toContain('&lt;b&gt;bold');
      expect(text).not.toContain('<script>alert');
    }
    expect((await fetch(`${harness.url}/pull/999`)).status).toBe(404);
  });

  it('streams a hundred thousand deltas, and two hundred streams at once', async () => {
    const { agentId, runId } = await harness.create(script('chatter 100000'), { repos: [] });
    const { frames } = await harness.stream(agentId, runId);
    expect(frames.filter(({ event }) => event === 'assistant')).toHaveLength(100_000);
    const many = await Promise.all(
      Array.from({ length: 200 }, () => harness.create(script('chatter 50'), { repos: [] })),
    );
    const streams = await Promise.all(many.map((ids) => harness.stream(ids.agentId, ids.runId)));
    for (const stream of streams) expect(stream.frames.at(-1)?.event).toBe('done');
  });
});
