import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchPage } from './fetch-page.ts';
import { isPublicAddress } from './public-address.ts';

it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '172.32.0.1'])('%s is public', (address) =>
  expect(isPublicAddress(address)).toBe(true),
);

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '64:ff9b::a00:1',
  'no address',
])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

let url: string;
const server = createServer((request, response) => {
  if (request.url === '/moved') response.writeHead(302, { location: 'http://[::1]:1/' }).end();
  else if (request.url === '/large') response.end('x'.repeat(6 * 1024 * 1024));
  else response.writeHead(200, { 'content-type': 'text/plain' }).end('hello');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const signal = new AbortController().signal;
const isServerUrl = (one: URL) => one.href.startsWith(url);

it('does not fetch pages of this machine under any name unless allowed', async () => {
  await expect(fetchPage(url, signal, () => false)).rejects.toThrow('private address');
  const named = url.replace('127.0.0.1', 'localhost');
  await expect(fetchPage(named, signal, () => false)).rejects.toThrow('private');
  const short = url.replace('127.0.0.1', '2130706433');
  await expect(fetchPage(short, signal, () => false)).rejects.toThrow('private');
  const page = await fetchPage(url, signal, isServerUrl);
  expect(page).toMatchObject({ status: 200, contentType: 'text/plain', isCut: false });
});

it('checks redirects and limits the size of a page', async () => {
  await expect(fetchPage(`${url}/moved`, signal, isServerUrl)).rejects.toThrow('private address');
  const page = await fetchPage(`${url}/large`, signal, isServerUrl);
  expect(page).toMatchObject({ isCut: true });
  expect(page.bytes.length).toBe(5 * 1024 * 1024);
});

it.each(['file:///etc/passwd', 'ftp://a.example/x', 'no url', 'https://user:word@a.example/'])(
  'rejects %s',
  (address) => expect(fetchPage(address, signal, () => true)).rejects.toThrow(/URL|Only http/),
);
