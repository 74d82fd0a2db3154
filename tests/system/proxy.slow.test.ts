import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, runCommand } from '../../testing/command-line.ts';
import { oneAgent } from '../../testing/engine-workflows.ts';
import {
  type ForwardProxy,
  makeCertificates,
  type Service,
  startProxy,
  startTlsFront,
} from '../../testing/network.ts';
import { startRehearsalProcess } from '../../testing/processes.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { sampleRepository } from '../../testing/sample-repository.ts';

/**
 * A machine in a company: Cursor is reached through the proxy alone, which shows a certificate of the company's own
 * authority. The whole program has to find that way: SDK host, reads, event stream and downloads.
 */
const REPOSITORY = 'https://github.com/acme/shop';
const API = 'api.cursor.example';
const STORAGE = 'storage.example';
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('behind a proxy with a certificate authority of its own', () => {
  let folder: string;
  let workflow: string;
  let authority: string;
  let cloud: Awaited<ReturnType<typeof startRehearsalProcess>>;
  let front: Service;
  let proxy: ForwardProxy;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cerevisor-proxy-'));
    const repository = sampleRepository(path.join(folder, 'shop'));
    const files = makeCertificates(folder, [API, STORAGE]);
    authority = files.authority;
    cloud = await startRehearsalProcess(path.join(folder, 'cloud'), [
      ...['--pace', '2ms', '--repo', `${REPOSITORY}=${repository}`],
    ]);
    front = await startTlsFront(cloud.url, files, STORAGE);
    proxy = await startProxy(
      new Map([
        [`${API}:443`, front.port],
        [`${STORAGE}:443`, front.port],
      ]),
    );
    workflow = path.join(folder, 'one.cerevisor');
    const script = ['say Hello.', 'artifact report.md "# Done"'];
    writeFileSync(workflow, JSON.stringify(oneAgent(REPOSITORY, script)));
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await front[Symbol.asyncDispose]();
    const ended = once(cloud.process, 'exit');
    cloud.process.kill('SIGKILL');
    await ended;
    removeFolder(folder);
  });

  async function inHome(
    name: string,
    environment: NodeJS.ProcessEnv,
    use: (run: (...args: string[]) => Promise<CommandResult>) => Promise<void>,
  ): Promise<void> {
    const home = path.join(folder, name);
    mkdirSync(home, { mode: 0o700 });
    const all = {
      CURSOR_BACKEND_URL: `https://${API}`,
      CURSOR_API_KEY: 'crsr_behind_a_proxy',
      CEREVISOR_PORT: '0',
      ...environment,
    };
    const run = (...args: string[]) => runCommand(home, args, { environment: all });
    try {
      await use(run);
    } finally {
      await run('stop');
    }
  }

  test.each([
    ['NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', {}],
    ['SSL_CERT_FILE', 'https_proxy', { NODE_USE_ENV_PROXY: '1' }],
  ])(
    'a session runs to its end and its artifacts arrive, with %s and %s',
    async (trust, way, more) => {
      const environment = { [trust]: authority, [way]: proxy.url, HTTP_PROXY: proxy.url, ...more };
      await inHome(`home-${trust}`, environment, async (run) => {
        proxy.requests.splice(0);
        const ended = await run('run', workflow);
        expect(ended.code, ended.stdout + ended.stderr).toBe(0);
        const [session] = JSON.parse((await run('sessions', '--json')).stdout);
        expect(session.agents[0]).toMatchObject({
          status: 'completed',
          artifactsState: 'complete',
        });
        expect(new Set(proxy.requests)).toContain(`CONNECT ${API}:443`);
        expect(new Set(proxy.requests)).toContain(`CONNECT ${STORAGE}:443`);
        // Our own programs talk to each other past it.
        expect(proxy.requests.filter((line) => /127\.0\.0\.1|localhost/.test(line))).toEqual([]);
      });
    },
  );

  test('without trust in the authority nothing is sent, and the reason names the certificate', async () => {
    await inHome('home-distrust', { HTTPS_PROXY: proxy.url }, async (run) => {
      const { stdout, code } = await run('doctor');
      expect(stdout).toMatch(/certificate .* is not trusted/);
      expect(stdout).toContain('NODE_EXTRA_CA_CERTS');
      expect(code).toBe(5);
    });
  });

  test('a proxy that refuses is named, with what it answered', async () => {
    const environment = { HTTPS_PROXY: proxy.url, CURSOR_BACKEND_URL: 'https://blocked.example' };
    await inHome('home-blocked', environment, async (run) => {
      const { stdout, code } = await run('doctor');
      expect(stdout).toContain('The proxy did not allow the connection to Cursor (HTTP 502)');
      expect(code).toBe(5);
    });
  });

  test('a proxy that cannot be used stops the start, and its password is not shown', async () => {
    const environment = { HTTPS_PROXY: 'socks5://me:hunter2@proxy.example:1080' };
    await inHome('home-socks', environment, async (run) => {
      const refused = await run('start', '--json');
      expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'invalid_proxy' });
      expect(refused.stdout + refused.stderr).not.toContain('hunter2');
    });
  });
});
