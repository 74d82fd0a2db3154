import { describe, expect, it } from 'vitest';
import type { PermissionPolicy, ToolRequest } from '../../permissions/tool-request.ts';
import { ToolQuestions } from './tool-questions.ts';

const policy: PermissionPolicy = {
  filesystemWrite: 'allow',
  execution: 'ask',
  network: 'deny',
  mcp: 'ask',
  rules: [],
};
const run = (command: string) =>
  ({ category: 'execution', tool: 'Bash', args: { command }, command }) as const;
const never = new AbortController().signal;

function questions(of: PermissionPolicy | undefined = policy) {
  const asked: ToolRequest[] = [];
  const withdrawn: string[] = [];
  const thread = new ToolQuestions({ folder: '/work', policy: of });
  const runner = {
    asked: (request: ToolRequest) => void asked.push(request),
    withdrawn: (requestId: string) => void withdrawn.push(requestId),
  };
  return {
    asked,
    withdrawn,
    thread,
    ask: (request: Parameters<ToolQuestions['ask']>[0], signal = never) =>
      thread.ask(request, runner, [signal]),
  };
}

describe('the questions of a thread', () => {
  it('asks nobody about what the policy allows or denies', async () => {
    const { ask, asked } = questions();
    const write = { category: 'filesystem-write', tool: 'Write', args: {}, path: 'a' } as const;
    expect(await ask(write)).toMatchObject({ decision: 'allow' });
    const denied = await ask({ category: 'network', tool: 'Fetch', args: {}, path: 'https://a' });
    expect(denied).toMatchObject({
      decision: 'deny',
      note: 'This is not permitted. The permission for the network is deny.',
    });
    expect(asked).toEqual([]);
  });

  it('waits for the answer to its own request', async () => {
    const { ask, asked, thread } = questions();
    const [first, second] = [ask(run('ls')), ask(run('make'))];
    await expect.poll(() => asked.length).toBe(2);
    expect(asked[0]).toMatchObject({ command: 'ls', folder: '/work' });
    thread.answer(asked[1]?.requestId ?? '', { decision: 'deny', scope: 'once' });
    expect(await second).toMatchObject({ decision: 'deny', note: 'The user denied this.' });
    thread.answer(asked[0]?.requestId ?? '', { decision: 'allow', scope: 'once' });
    expect(await first).toMatchObject({ decision: 'allow' });
  });

  it('does not ask again after an answer for the session, and asks again after one that counts once', async () => {
    const { ask, asked, thread } = questions();
    for (const scope of ['once', 'session'] as const) {
      const answer = ask(run('ls'));
      await expect.poll(() => asked.length).toBe(scope === 'once' ? 1 : 2);
      thread.answer(asked.at(-1)?.requestId ?? '', { decision: 'allow', scope });
      await answer;
    }
    expect(await ask(run('ls'))).toMatchObject({ decision: 'allow' });
    expect(asked).toHaveLength(2);
  });

  it('withdraws what nobody waits for anymore, and denies it', async () => {
    const { ask, asked, withdrawn } = questions();
    const abort = new AbortController();
    const answer = ask(run('ls'), abort.signal);
    await expect.poll(() => asked.length).toBe(1);
    abort.abort();
    expect(await answer).toMatchObject({ decision: 'deny' });
    expect(withdrawn).toEqual([asked[0]?.requestId]);
    expect(await ask(run('ls'), abort.signal)).toMatchObject({ decision: 'deny' });
    expect(asked).toHaveLength(1);
  });
});
