import { afterAll, beforeAll, expect, it } from 'vitest';
import { HostWorld, script } from '../../testing/local-host.ts';
import { makeCertificates, startProxy, startTlsFront } from '../../testing/network.ts';

const NAME = 'cursor.test';

let world: HostWorld;
beforeAll(async () => {
  world = await HostWorld.start();
});
afterAll(() => world.close());

it("works by TLS through a company's proxy, with its own certificate, and passes these settings on to commands", async () => {
  const files = makeCertificates(world.folder, [NAME]);
  await using front = await startTlsFront(world.url, files, 'storage.test');
  await using proxy = await startProxy(new Map([[`${NAME}:443`, front.port]]));
  const host = await world.open(world.newThread({ backendUrl: `https://${NAME}` }), {
    HTTPS_PROXY: proxy.url,
    SSL_CERT_FILE: files.authority,
  });
  const { items, end } = await host.run(script('run env', 'say All done.'));
  expect(end).toMatchObject({ status: 'FINISHED', result: 'All done.' });
  expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${NAME}:443`]));
  const printed = items.map((item) => (item.kind === 'tool-output' ? item.text : '')).join('');
  expect(printed).toContain(`HTTPS_PROXY=${proxy.url}`);
  expect(printed).not.toContain('NODE_USE_ENV_PROXY');
  expect(printed).not.toContain('NODE_TLS_REJECT_UNAUTHORIZED');
});
