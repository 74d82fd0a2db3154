import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LinkReach } from '../../artifacts/link-policy.ts';
import { gitCommits } from './git-commits.ts';
import { lookUpCommitsOf } from './look-up-commits.ts';

const addresses: Readonly<Record<string, string>> = {
  'github.com': '140.82.121.4',
  'evil.example': '203.0.114.9',
  'inside.example': '10.0.0.7',
  'half.example': '169.254.169.254',
  localhost: '127.0.0.1',
};

/** A program instead of git that notes each call and how many run at once, and knows a commit for every ref. */
function openGit(reach: LinkReach = 'public') {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-commits-'));
  const calls = join(folder, 'calls');
  mkdirSync(join(folder, 'running'));
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
touch '${folder}/running/'$$
echo "$(ls '${folder}/running' | wc -l) $*" >> '${calls}'
shift 3
for ref in "$@"; do printf '%s\\t%s\\n' '0123456789012345678901234567890123456789' "$ref"; done
rm '${folder}/running/'$$
`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  writeFileSync(calls, '');
  const look = gitCommits({
    reach: () => reach,
    environment: { PATH: `${folder}:${process.env.PATH}` },
    resolve: async (host) => (addresses[host] === undefined ? [] : [addresses[host]]),
  });
  const noted = () => readFileSync(calls, 'utf8').trim().split('\n').filter(Boolean);
  const { signal } = new AbortController();
  return {
    look,
    noted,
    signal,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

test.skipIf(process.platform === 'win32')(
  'asks each repository of the session once, whatever Cursor reports',
  async () => {
    using git = openGit();
    const session = { repositories: [{ url: 'https://github.com/acme/shop' }] };
    const wanted = Array.from({ length: 150 }, (_, index) => ({
      repoUrl: 'github.com/Acme/shop.git',
      ref: `cursor/branch-${index}`,
    }));
    const foreign = { repoUrl: 'https://evil.example/acme/shop', ref: 'main' };
    const found = await lookUpCommitsOf(
      { lookUpCommits: git.look },
      session,
      [...wanted, foreign],
      git.signal,
    );
    expect(found.slice(0, 150).every((commit) => commit?.startsWith('0123'))).toBe(true);
    expect(found[150]).toBeNull();
    expect(git.noted()).toHaveLength(1);
    expect(git.noted()[0]).toContain('https://github.com/acme/shop');
  },
);

test.skipIf(process.platform === 'win32')(
  'asks a few repositories at a time, and of each a bounded number of refs',
  async () => {
    using git = openGit();
    const repositories = Array.from({ length: 20 }, (_, index) => ({
      url: `https://github.com/acme/shop-${index}`,
    }));
    const wanted = repositories.map(({ url }) => ({ repoUrl: url, ref: null }));
    const found = await lookUpCommitsOf(
      { lookUpCommits: git.look },
      { repositories },
      wanted,
      git.signal,
    );
    expect(found).not.toContain(null);
    expect(git.noted()).toHaveLength(20);
    expect(Math.max(...git.noted().map((line) => Number.parseInt(line, 10)))).toBeLessThanOrEqual(
      4,
    );
    const many = Array.from({ length: 50_000 }, (_, index) => `branch-${index}`);
    const some = await git.look('https://github.com/acme/shop', many, git.signal);
    expect(some.size).toBe(200);
  },
);

test.skipIf(process.platform === 'win32')(
  'contacts only what the policy for links allows',
  async () => {
    using git = openGit();
    const refused = [
      'https://inside.example/a/b',
      'https://half.example/a/b',
      'https://10.0.0.7/a/b',
      'https://[::1]/a/b',
      'http://localhost:8080/a/b',
      'http://github.com/a/b',
      'git://github.com/a/b',
      'https://2130706433/a/b',
      'ssh://git@127.0.0.1/a/b',
      'git@inside.example:a/b',
      'https://nowhere.example/a/b',
      'file:///srv/shop.git',
      '/srv/shop.git',
      '//server/share',
      'ext::sh -c true',
      '--upload-pack=true',
    ];
    for (const url of refused)
      expect([url, await git.look(url, [null], git.signal)]).toEqual([url, new Map()]);
    expect(git.noted()).toEqual([]);
    for (const url of [
      'https://github.com/a/b',
      'ssh://git@github.com/a/b',
      'git@github.com:a/b',
    ]) {
      expect([url, (await git.look(url, [null], git.signal)).size]).toEqual([url, 1]);
    }
    using rehearsal = openGit('loopback');
    for (const url of ['/srv/shop.git', 'http://localhost:8080/a/b', 'https://github.com/a/b']) {
      expect([url, (await rehearsal.look(url, [null], git.signal)).size]).toEqual([url, 1]);
    }
    expect((await rehearsal.look('https://10.0.0.7/a/b', [null], git.signal)).size).toBe(0);
  },
);
