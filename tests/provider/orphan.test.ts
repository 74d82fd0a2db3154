import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { answer, startScriptedCloud } from './scripted-cloud.ts';

const module = new URL('../../src/runtimes/cursor-cloud/sdk-host/client.ts', import.meta.url).href;

it('the SDK host ends when its parent is killed', async () => {
  const cloud = await startScriptedCloud();
  cloud.on('GET /v1/me', (_, response) => answer(response, 200, { apiKeyName: 'k' }));
  const script = `
    import { createSdkHost } from ${JSON.stringify(module)};
    const host = createSdkHost({ backendUrl: ${JSON.stringify(cloud.url)}, clock: Date.now });
    await host.call('crsr_x', { name: 'me' });
    console.log(host.pid());`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const hostPid = Number(line);
  expect(hostPid).toBeGreaterThan(0);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await gone(hostPid);
  await cloud.close();
});

/** Resolves once no such process exists; the test's own time limit is the bound. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return; // no such process
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
