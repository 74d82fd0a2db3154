import { expect, test } from 'vitest';
import { sampleAgent, sampleSession } from '../render/sample-session.ts';
import { findAgent } from './find-agent.ts';
import { parseCount, parsePort } from './numbers.ts';
import { parseRepository } from './repository.ts';

test('reads a repository with and without a ref', () => {
  expect(parseRepository('https://github.com/acme/shop')).toEqual({
    url: 'https://github.com/acme/shop',
  });
  expect(parseRepository('https://github.com/acme/shop#release/2')).toEqual({
    url: 'https://github.com/acme/shop',
    startingRef: 'release/2',
  });
  expect(parseRepository('/srv/git/c#/repo#main')).toEqual({
    url: '/srv/git/c#/repo',
    startingRef: 'main',
  });
  expect(parseRepository('/srv/git/repo#')).toEqual({ url: '/srv/git/repo' });
});

test('refuses ports and counts that are none', () => {
  expect(parsePort('0')).toBe(0);
  for (const text of ['', '-1', '65536', '80a', '1e3', ' 80'])
    expect(() => parsePort(text)).toThrow();
  for (const text of ['', '-1', '1.5', 'x']) expect(() => parseCount(text)).toThrow();
});

const session = sampleSession({
  agents: [
    sampleAgent({ name: 'Builder', id: 'a1' }),
    sampleAgent({ name: 'Build checker', id: 'a2' }),
    sampleAgent({ name: 'Reviewer', id: 'Builder' }),
  ],
});

test('finds an agent by id before name, and by the only name that begins so', () => {
  expect(findAgent(session, 'Builder').id).toBe('Builder');
  expect(findAgent(session, 'reviewer').id).toBe('Builder');
  expect(findAgent(session, 'build c').id).toBe('a2');
});

test('an unknown or ambiguous agent is answered with those that there are', () => {
  expect(() => findAgent(session, 'build')).toThrow(
    /could be Builder \(a1\), Build checker \(a2\)/,
  );
  expect(() => findAgent(session, 'Tester')).toThrow(/No agent of this session/);
});
