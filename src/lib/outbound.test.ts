import { expect, test } from 'vitest';
import { keepLoopbackDirect } from '../../bin/direct-loopback.mjs';
import { isThisMachine, outboundVariables, proxiesOf } from './outbound.ts';

test('reads the proxies as other programs do: lower case first, with or without a scheme', () => {
  expect(proxiesOf({})).toEqual({ http: null, https: null, noProxy: '', problem: null });
  const both = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'lower.example:3128', no_proxy: 'a' };
  expect(proxiesOf(both)).toEqual({
    http: null,
    https: 'http://lower.example:3128/',
    noProxy: 'a',
    problem: null,
  });
  // Set and empty: not wanted, whatever upper case says.
  expect(proxiesOf({ HTTPS_PROXY: 'http://upper:1', https_proxy: '' }).https).toBe(null);
});

test('says which variable names no proxy, and not its password', () => {
  for (const address of [
    'socks5://me:secret@host:1080',
    'ftp://me:secret@host',
    'http://me:secret@',
  ]) {
    const { https, problem } = proxiesOf({ HTTPS_PROXY: address });
    expect(https).toBe(null);
    expect(problem).toContain('HTTPS_PROXY');
    expect(problem).not.toContain('secret');
  }
});

test('knows this machine by all its names', () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.8.7', '[::1]', 'LOCALHOST.'])
    expect(isThisMachine(`http://${host}:1/x`), host).toBe(true);
  for (const host of ['127.evil.example', '128.0.0.1', 'localhost.example', '[::2]', '10.0.0.1'])
    expect(isThisMachine(`http://${host}:1/x`), host).toBe(false);
});

test('gives a program of ours the way out and whom to trust, and no key', () => {
  const environment = {
    HTTPS_PROXY: 'proxy.example:3128',
    no_proxy: 'internal.example',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    SSL_CERT_FILE: '/etc/all.pem',
    CURSOR_API_KEY: 'crsr_secret',
    PATH: '/bin',
  };
  const trusted = { NODE_EXTRA_CA_CERTS: '/etc/ca.pem', SSL_CERT_FILE: '/etc/all.pem' };
  expect(outboundVariables(environment, 'https://api.cursor.example')).toEqual({
    ...trusted,
    HTTPS_PROXY: 'http://proxy.example:3128/',
    NO_PROXY: 'internal.example',
    NODE_USE_ENV_PROXY: '1',
  });
  expect(outboundVariables(environment, 'http://127.0.0.1:4790')).toEqual(trusted);
});

test('keeps this machine out of the proxy of Node itself, beside what people named', () => {
  const environment: Record<string, string> = {
    HTTP_PROXY: 'http://proxy.example:3128',
    NO_PROXY: 'internal.example, 10.0.0.1',
  };
  keepLoopbackDirect(environment);
  expect(environment.NO_PROXY).toBe('internal.example,10.0.0.1,localhost,127.0.0.1,::1');
  expect(environment.no_proxy).toBe(environment.NO_PROXY);
  const without = {};
  keepLoopbackDirect(without);
  expect(without).toEqual({});
});
