import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { restoreEndpoint } from './restore-endpoint.ts';
import { SocketServer } from './server/socket-server.ts';

const statusAt = (socketPath: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path: '/' }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });

test.skipIf(process.platform === 'win32')(
  'the socket and the files of a runner are restored when they were removed or changed',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reachable-'));
    const address = join(folder, 'runner.sock');
    const server = new SocketServer(() => new Response('here'));
    const secret = { path: join(folder, 'secret'), text: 'secret\n' };
    const presence = { path: join(folder, 'presence'), text: '{"pid":1}\n' };
    const restore = () => restoreEndpoint({ server, address, files: [secret, presence] });
    try {
      await server.listen(address);
      expect(await restore()).toEqual([secret.path, presence.path]);
      expect(await restore()).toEqual([]);

      rmSync(address);
      rmSync(secret.path);
      writeFileSync(presence.path, 'garbage');
      expect(await restore()).toEqual([address, secret.path, presence.path]);
      expect(await statusAt(address)).toBe(200);
      expect(statSync(address).mode & 0o777).toBe(0o600);
      expect(statSync(secret.path).mode & 0o777).toBe(0o600);
      expect(readFileSync(presence.path, 'utf8')).toBe(presence.text);
      expect(readdirSync(folder).sort()).toEqual(['presence', 'runner.sock', 'secret']);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
