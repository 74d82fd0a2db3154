import { afterEach, expect, test } from 'vitest';
import { agentId } from '../../src/workflow/ids.ts';
import { relayTo, startCommand, writeDaemonAddress } from '../../testing/command-line.ts';
import {
  sessionIdOf,
  sessionStarted,
  startTestServer,
  type TestServer,
} from '../../testing/server.ts';

let server: TestServer | null = null;
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = null;
});

const id = sessionIdOf('1a');
const settle = (agent: string) =>
  ({ type: 'AgentSettled', round: 1, agentId: agentId(agent), outcome: 'cancelled' }) as const;

test('a watched run survives a daemon that crashes and returns on another port', async () => {
  server = await startTestServer();
  server.journal.append(id, [sessionStarted()]);
  const before = await relayTo(server.port);
  writeDaemonAddress(server.home, before.port, server.token);
  const { ended, waitForOutput } = startCommand(server.home, ['logs', '1a', '--follow', '--json']);
  await waitForOutput('SessionStarted');
  await before[Symbol.asyncDispose]();
  await waitForOutput('The daemon does not respond');
  server.journal.append(id, [settle('plan')]);
  await using after = await relayTo(server.port);
  writeDaemonAddress(server.home, after.port, server.token);
  await waitForOutput('Connected to the daemon again');
  server.journal.append(id, [settle('build'), { type: 'SessionEnded', outcome: 'cancelled' }]);
  const { code, stdout } = await ended;
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(code).toBe(0);
  expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
});
