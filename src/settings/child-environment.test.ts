import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { environmentForChildren } from './child-environment.ts';

test('programs that we start do not work on the repository that git was at work on when we were started', () => {
  const ofOneRepository = execFileSync('git', ['rev-parse', '--local-env-vars'], {
    encoding: 'utf8',
  })
    .split('\n')
    // A person sets this one for all of their repositories, as in a container.
    .filter((name) => name !== '' && name !== 'GIT_CONFIG_COUNT');
  expect(ofOneRepository).toContain('GIT_INDEX_FILE');
  const inHook = Object.fromEntries(ofOneRepository.map((name) => [name, '/theirs']));
  const person = {
    PATH: '/bin',
    GIT_SSH_COMMAND: 'ssh -i key',
    GIT_CONFIG_COUNT: '0',
    GIT_AUTHOR_NAME: 'A Person',
  };
  expect(environmentForChildren({ ...inHook, git_dir: '/theirs', ...person })).toEqual(person);
});
