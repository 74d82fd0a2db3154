import { expect, test } from 'vitest';
import { ageOfDaemon, compareVersions } from './age.ts';

const own = { version: '0.2.0', commit: 'bbb', installation: '/opt/cerevisor' };

test('versions are compared by number, and a pre-release comes before its release', () => {
  const rising = ['0.2.0-rc.2', '0.2.0-rc.10', '0.2.0', '0.10.0', '1.0.0'];
  for (const [index, version] of rising.entries()) {
    expect(compareVersions(version, version)).toBe(0);
    for (const later of rising.slice(index + 1)) {
      expect(compareVersions(version, later), `${version} < ${later}`).toBeLessThan(0);
      expect(compareVersions(later, version)).toBeGreaterThan(0);
    }
  }
});

test('a lower version is older and a higher one newer, wherever it was started from', () => {
  expect(ageOfDaemon({ ...own, version: '0.1.9', installation: '/elsewhere' }, own)).toBe('older');
  expect(ageOfDaemon({ ...own, version: '0.3.0', commit: null }, own)).toBe('newer');
});

test('a clone that was updated makes the daemon that was started from it outdated', () => {
  expect(ageOfDaemon(own, own)).toBe('same');
  expect(ageOfDaemon({ ...own, commit: 'aaa' }, own)).toBe('older');
});

test('another clone of the same version is no reason to replace anything', () => {
  expect(ageOfDaemon({ ...own, commit: 'aaa', installation: '/home/me/other' }, own)).toBe('same');
});

test('one that does not say where it was started from is from before that was noted', () => {
  expect(ageOfDaemon({ version: '0.2.0', commit: null, installation: null }, own)).toBe('older');
});
