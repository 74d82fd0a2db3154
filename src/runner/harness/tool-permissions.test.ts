import { describe, expect, it } from 'vitest';
import type { PermissionPolicy, ToolRequest } from '../../permissions/tool-request.ts';
import { ToolPermissions } from './tool-permissions.ts';

const policy: PermissionPolicy = {
  filesystemWrite: 'allow',
  execution: 'ask',
  network: 'deny',
  mcp: 'ask',
  rules: [],
};
const shellCall = (command: string) =>
  ({ category: 'execution', tool: 'Bash', args: { command }, command }) as const;
const never = new AbortController().signal;

function setUp(threadPolicy: PermissionPolicy | undefined = policy) {
  const requests: ToolRequest[] = [];
  const withdrawn: string[] = [];
  const thread = new ToolPermissions({ folder: '/work', policy: threadPolicy });
  const runner = {
    onRequest: (request: ToolRequest) => void requests.push(request),
    onWithdrawn: (requestId: string) => void withdrawn.push(requestId),
  };
  return {
    requests,
    withdrawn,
    thread,
    ask: (request: Parameters<ToolPermissions['ask']>[0], signal = never) =>
      thread.ask(request, runner, [signal]),
  };
}

describe('the tool permissions of a thread', () => {
  it('does not ask about calls that the policy allows or denies', async () => {
    const { ask, requests } = setUp();
    const write = { category: 'filesystem-write', tool: 'Write', args: {}, path: 'a' } as const;
    expect(await ask(write)).toMatchObject({ decision: 'allow' });
    const denied = await ask({ category: 'network', tool: 'Fetch', args: {}, path: 'https://a' });
    expect(denied).toMatchObject({
      decision: 'deny',
      note: 'This is not permitted. The permission for the network is deny.',
    });
    expect(requests).toEqual([]);
  });

  it('each call waits for the answer to its own request', async () => {
    const { ask, requests, thread } = setUp();
    const [first, second] = [ask(shellCall('ls')), ask(shellCall('make'))];
    await expect.poll(() => requests.length).toBe(2);
    expect(requests[0]).toMatchObject({ command: 'ls', folder: '/work' });
    thread.answer(requests[1]?.requestId ?? '', { decision: 'deny', scope: 'once' });
    expect(await second).toMatchObject({ decision: 'deny', note: 'The user denied this.' });
    thread.answer(requests[0]?.requestId ?? '', { decision: 'allow', scope: 'once' });
    expect(await first).toMatchObject({ decision: 'allow' });
  });

  it('asks again after an answer for one call, but not after one for the session', async () => {
    const { ask, requests, thread } = setUp();
    for (const scope of ['once', 'session'] as const) {
      const answer = ask(shellCall('ls'));
      await expect.poll(() => requests.length).toBe(scope === 'once' ? 1 : 2);
      thread.answer(requests.at(-1)?.requestId ?? '', { decision: 'allow', scope });
      await answer;
    }
    expect(await ask(shellCall('ls'))).toMatchObject({ decision: 'allow' });
    expect(requests).toHaveLength(2);
  });

  it('withdraws and denies the request of an aborted call', async () => {
    const { ask, requests, withdrawn } = setUp();
    const abort = new AbortController();
    const answer = ask(shellCall('ls'), abort.signal);
    await expect.poll(() => requests.length).toBe(1);
    abort.abort();
    expect(await answer).toMatchObject({ decision: 'deny' });
    expect(withdrawn).toEqual([requests[0]?.requestId]);
    expect(await ask(shellCall('ls'), abort.signal)).toMatchObject({ decision: 'deny' });
    expect(requests).toHaveLength(1);
  });
});
