import { expect, test } from 'vitest';
import { keepLoopbackDirect } from '../../bin/direct-loopback.mjs';
import { hasProxy, isThisMachine, outboundVariables, proxiesOf } from './proxies.ts';

test('reads the proxies as other programs do: lower case first, with or without a scheme', () => {
  expect(proxiesOf({})).toEqual({ http: null, https: null, noProxy: '', problem: null });
  const both = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'lower.example:3128', no_proxy: 'a' };
  expect(proxiesOf(both)).toEqual({
    http: null,
    https: 'http://lower.example:3128/',
    noProxy: 'a',
    problem: null,
  });
});

test('takes a variable that is set and empty for one that is not set', () => {
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

test('goes through the proxy for all where none is named for the scheme', () => {
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
  // Two for different programs, as many set them: ours takes the one that it can use, for everything.
  const both = proxiesOf({ ALL_PROXY: 'socks5://host:1', https_proxy: 'own:1' });
  expect(both).toMatchObject({ http: 'http://own:1/', https: 'http://own:1/', problem: null });
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

test('keeps this machine out of the proxy of Node itself, next to what people named', () => {
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
