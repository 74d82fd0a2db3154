import { expect, test } from 'vitest';
import { keepLoopbackDirect } from '../../bin/direct-loopback.mjs';
import { hasProxy, isLoopback, proxiesOf, proxyEnvironment } from './proxies.ts';

test('prefers lower case variables, and accepts addresses with or without a scheme', () => {
  expect(proxiesOf({})).toEqual({ http: null, https: null, noProxy: '', problem: null });
  const both = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'lower.example:3128', no_proxy: 'a' };
  expect(proxiesOf(both)).toEqual({
    http: null,
    https: 'http://lower.example:3128/',
    noProxy: 'a',
    problem: null,
  });
});

test('treats an empty variable as unset', () => {
  for (const empty of ['', ' ']) {
    const environment = {
      https_proxy: empty,
      HTTPS_PROXY: 'http://upper:1',
      no_proxy: empty,
      NO_PROXY: 'a',
    };
    expect(proxiesOf(environment)).toMatchObject({ https: 'http://upper:1/', noProxy: 'a' });
    expect(hasProxy(environment)).toBe(true);
    const all = { https_proxy: empty, HTTPS_PROXY: empty, all_proxy: empty, ALL_PROXY: 'all:1' };
    expect(proxiesOf(all).https).toBe('http://all:1/');
    expect(proxiesOf({ ...all, ALL_PROXY: empty }).https).toBe(null);
    expect(hasProxy({ ...all, ALL_PROXY: empty })).toBe(false);
  }
});

test('falls back to ALL_PROXY if there is no proxy for the scheme', () => {
  const all = 'http://all:1/';
  expect(proxiesOf({ ALL_PROXY: 'all:1' })).toMatchObject({ http: all, https: all });
  expect(proxiesOf({ all_proxy: 'all:1', ALL_PROXY: 'upper:1' })).toMatchObject({ https: all });
  expect(proxiesOf({ all_proxy: 'all:1', HTTPS_PROXY: 'own:1' })).toMatchObject({
    http: all,
    https: 'http://own:1/',
  });
  const socks = proxiesOf({ ALL_PROXY: 'socks5://me:secret@host:1' });
  expect(socks).toMatchObject({ http: null, https: null });
  expect(socks.problem).toMatch(/^ALL_PROXY \(socks5:.*host:1\)/);
  expect(socks.problem).not.toContain('secret');
  // People often set two proxies for different programs; we use the supported one for everything.
  const both = proxiesOf({ ALL_PROXY: 'socks5://host:1', https_proxy: 'own:1' });
  expect(both).toMatchObject({ http: 'http://own:1/', https: 'http://own:1/', problem: null });
});

test('names the variable whose address is invalid, without its password', () => {
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

test('recognizes all names of this machine', () => {
  for (const host of ['localhost', 'a.localhost', '127.0.0.1', '127.9.8.7', '[::1]', 'LOCALHOST.'])
    expect(isLoopback(`http://${host}:1/x`), host).toBe(true);
  for (const host of ['127.evil.example', '128.0.0.1', 'localhost.example', '[::2]', '10.0.0.1'])
    expect(isLoopback(`http://${host}:1/x`), host).toBe(false);
});

test('passes proxies and certificates to a child process, but no keys', () => {
  const environment = {
    HTTPS_PROXY: 'proxy.example:3128',
    no_proxy: 'internal.example',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    SSL_CERT_FILE: '/etc/all.pem',
    CURSOR_API_KEY: 'crsr_secret',
    PATH: '/bin',
  };
  const trusted = { NODE_EXTRA_CA_CERTS: '/etc/ca.pem', SSL_CERT_FILE: '/etc/all.pem' };
  expect(proxyEnvironment(environment, 'https://api.cursor.example')).toEqual({
    ...trusted,
    HTTPS_PROXY: 'http://proxy.example:3128/',
    NO_PROXY: 'internal.example',
    NODE_USE_ENV_PROXY: '1',
  });
  expect(proxyEnvironment(environment, 'http://127.0.0.1:4790')).toEqual(trusted);
});

test("excludes this machine from Node's own proxy, in addition to the user's exceptions", () => {
  const environment: Record<string, string> = {
    HTTP_PROXY: 'http://proxy.example:3128',
    NO_PROXY: 'internal.example, 10.0.0.1',
  };
  keepLoopbackDirect(environment);
  expect(environment.NO_PROXY).toBe('internal.example,10.0.0.1,localhost,127.0.0.1,::1');
  expect(environment.no_proxy).toBe(environment.NO_PROXY);
  const all: Record<string, string> = { all_proxy: 'all:1', no_proxy: '', NO_PROXY: 'a' };
  keepLoopbackDirect(all);
  expect(all.NO_PROXY).toBe('a,localhost,127.0.0.1,::1');
  const without = {};
  keepLoopbackDirect(without);
  expect(without).toEqual({});
});
