import { expect, test } from 'vitest';
import { runCommand, writeDaemonAddress } from '../../testing/command-line.ts';
import { startTestServer } from '../../testing/server.ts';

const sharedEnd = {
  cause: 'service' as const,
  message: 'When Cerevisor stops, systemd ends all processes of cerevisor.service.',
  suggestion: 'Add KillMode=process to the [Service] section of cerevisor.service.',
};

test('status says when agents on this machine end with the daemon, and how to change that', async () => {
  let end: typeof sharedEnd | null = sharedEnd;
  await using server = await startTestServer({
    services: {
      localAgents: {
        view: () => null,
        sharedEnd: () => end,
        refresh: async () => {},
        endAll: async () => ({ ok: true, value: { ended: 0, survivors: [] } }),
      },
    },
  });
  writeDaemonAddress(server.home, server.port, server.token);
  const status = (...args: string[]) => runCommand(server.home, ['status', ...args]);
  const { stdout } = await status();
  expect(stdout).toContain(`Stopping  ${sharedEnd.message}`);
  expect(stdout).toContain(sharedEnd.suggestion);
  expect(JSON.parse((await status('--json')).stdout)).toMatchObject({ localAgentsEnd: sharedEnd });
  end = null;
  expect((await status()).stdout).not.toContain('Stopping');
});
