import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { environmentForChildren } from './child-environment.ts';

test('child processes do not inherit the repository of a git hook that started Cerevisor', () => {
  const repositoryVariables = execFileSync('git', ['rev-parse', '--local-env-vars'], {
    encoding: 'utf8',
  })
    .split('\n')
    // Users set this one for all of their repositories, as in a container.
    .filter((name) => name !== '' && name !== 'GIT_CONFIG_COUNT');
  expect(repositoryVariables).toContain('GIT_INDEX_FILE');
  const inHook = Object.fromEntries(repositoryVariables.map((name) => [name, '/theirs']));
  const inherited = {
    PATH: '/bin',
    GIT_SSH_COMMAND: 'ssh -i key',
    GIT_CONFIG_COUNT: '0',
    GIT_AUTHOR_NAME: 'A Person',
  };
  expect(environmentForChildren({ ...inHook, git_dir: '/theirs', ...inherited })).toEqual(
    inherited,
  );
});
