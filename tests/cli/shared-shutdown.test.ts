import { expect, test } from 'vitest';
import { runCommand, writeDaemonAddress } from '../../testing/command-line.ts';
import { startTestServer } from '../../testing/server.ts';

const sharedShutdown = {
  cause: 'service' as const,
  message: 'When Cerevisor stops, systemd ends all processes of cerevisor.service.',
  suggestion: 'Add KillMode=process to the [Service] section of cerevisor.service.',
};

test('status says when agents on this machine end with the daemon, and how to change that', async () => {
  let end: typeof sharedShutdown | null = sharedShutdown;
  await using server = await startTestServer({
    services: {
      localAgents: {
        view: () => null,
        sharedShutdown: () => end,
        refresh: async () => {},
        endAll: async () => ({ ok: true, value: { ended: 0, survivors: [] } }),
      },
    },
  });
  writeDaemonAddress(server.home, server.port, server.token);
  const status = (...args: string[]) => runCommand(server.home, ['status', ...args]);
  const { stdout } = await status();
  expect(stdout).toContain(`Stopping  ${sharedShutdown.message}`);
  expect(stdout).toContain(sharedShutdown.suggestion);
  expect(JSON.parse((await status('--json')).stdout)).toMatchObject({
    localAgentsEnd: sharedShutdown,
  });
  end = null;
  expect((await status()).stdout).not.toContain('Stopping');
});
