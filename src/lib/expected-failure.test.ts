import { expect, test } from 'vitest';
import { fileSystemFailure } from './expected-failure.ts';
import { gitFailed } from './git-client.ts';

const systemError = (code: string, message: string, more: object = {}) =>
  Object.assign(new Error(`${code}: ${message}`), { code, syscall: 'copyfile', ...more });

test('a full disk is named in plain words, with the file that could not be written', () => {
  const error = systemError('ENOSPC', "no space left on device, copyfile '/a/x' -> '/b/x'", {
    path: '/a/x',
    dest: '/b/x',
  });
  expect(fileSystemFailure(error)).toEqual({
    code: 'disk_full',
    message: '/b/x cannot be written: the disk is full.',
    suggestion: 'Free some space, then try again.',
  });
  expect(fileSystemFailure(systemError('EDQUOT', 'quota', { path: '/a' }))).toMatchObject({
    code: 'disk_full',
    message: '/a cannot be written: the disk quota is used up.',
  });
});

test("git's own words for a full disk are recognized", () => {
  for (const stderr of [
    "fatal: sha1 file '/home/index.lock' write error. Out of diskspace",
    'error: unable to write file x: No space left on device',
  ]) {
    const outcome = { stdout: '', stderr, exitCode: 128 };
    expect(gitFailed(['status', '-z'], outcome).failure).toEqual({
      code: 'disk_full',
      message: '`git status` failed, because the disk is full.',
      suggestion: 'Free some space, then try again.',
    });
  }
  expect(gitFailed(['status'], { stdout: '', stderr: 'fatal: no', exitCode: 1 }).failure.code).toBe(
    'git_failed',
  );
});

test('other errors of the disk name the file and the reason, or else the message of the system', () => {
  expect(fileSystemFailure(systemError('EACCES', 'no', { path: '/a' }))?.message).toBe(
    '/a cannot be read or written: permission was denied.',
  );
  expect(fileSystemFailure(systemError('EMFILE', 'too many open files'))).toMatchObject({
    code: 'io_error',
    message: 'The disk reported an error: EMFILE: too many open files',
  });
  expect(fileSystemFailure(new Error('A bug.'))).toBe(null);
});
