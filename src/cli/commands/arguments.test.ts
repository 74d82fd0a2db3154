import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sampleAgent, sampleSession } from '../../../testing/sample-session.ts';
import { findAgent } from './find-agent.ts';
import { collectModelParameter } from './model-parameter.ts';
import { parseCount, parsePort } from './numbers.ts';
import { parseRepository } from './repository.ts';

test('parses a repository with and without a ref', () => {
  expect(parseRepository('https://github.com/acme/shop')).toEqual({
    url: 'https://github.com/acme/shop',
  });
  expect(parseRepository('https://github.com/acme/shop#release/2')).toEqual({
    url: 'https://github.com/acme/shop',
    startingRef: 'release/2',
  });
  expect(parseRepository('https://github.com/acme/shop#feature/#12-cart')).toEqual({
    url: 'https://github.com/acme/shop',
    startingRef: 'feature/#12-cart',
  });
  expect(parseRepository('git@github.com:acme/shop.git#fix#1')).toEqual({
    url: 'git@github.com:acme/shop.git',
    startingRef: 'fix#1',
  });
});

test('uses the longest existing path, and resolves relative paths from the current folder', () => {
  const isFolder = (path: string) => ['/srv/git/c#/repo', '/srv/a', '/srv/git/repo'].includes(path);
  const read = (text: string) => parseRepository(text, isFolder);
  expect(read('/srv/git/c#/repo#main')).toEqual({ url: '/srv/git/c#/repo', startingRef: 'main' });
  expect(read('/srv/a#fix/#2')).toEqual({ url: '/srv/a', startingRef: 'fix/#2' });
  expect(read('/srv/git/repo#')).toEqual({ url: '/srv/git/repo' });
  expect(read('./shop')).toEqual({ url: join(process.cwd(), 'shop') });
  expect(read('.#main')).toEqual({ url: process.cwd(), startingRef: 'main' });
  expect(read('~/shop')).toEqual({ url: join(homedir(), 'shop') });
});

test('rejects invalid ports and counts', () => {
  expect(parsePort('0')).toBe(0);
  for (const text of ['', '-1', '65536', '80a', '1e3', ' 80'])
    expect(() => parsePort(text)).toThrow();
  for (const text of ['', '-1', '1.5', 'x']) expect(() => parseCount(text)).toThrow();
});

test('collects parameters of a model', () => {
  const first = collectModelParameter('thinking=high');
  expect(collectModelParameter('note=a=b', first)).toEqual({ thinking: 'high', note: 'a=b' });
  for (const text of ['', 'thinking', 'thinking=', '=high'])
    expect(() => collectModelParameter(text)).toThrow(/ID=VALUE/);
});

const session = sampleSession({
  agents: [
    sampleAgent({ name: 'Builder', id: 'a1' }),
    sampleAgent({ name: 'Build checker', id: 'a2' }),
    sampleAgent({ name: 'Reviewer', id: 'Builder' }),
  ],
});

test('finds an agent by id before name, and by a unique prefix of the name', () => {
  expect(findAgent(session, 'Builder').id).toBe('Builder');
  expect(findAgent(session, 'reviewer').id).toBe('Builder');
  expect(findAgent(session, 'build c').id).toBe('a2');
});

test('the error for an unknown or ambiguous agent lists the agents', () => {
  expect(() => findAgent(session, 'build')).toThrow(/matches Builder \(a1\), Build checker \(a2\)/);
  expect(() => findAgent(session, 'Tester')).toThrow(/This session has no agent/);
});
