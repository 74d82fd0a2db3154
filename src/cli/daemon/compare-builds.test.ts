import { expect, test } from 'vitest';
import { compareBuilds, compareVersions } from './compare-builds.ts';

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
  expect(compareBuilds({ ...own, version: '0.1.9', installation: '/elsewhere' }, own)).toBe(
    'older',
  );
  expect(compareBuilds({ ...own, version: '0.3.0', commit: null }, own)).toBe('newer');
});

test('updating a clone makes the daemon that was started from it outdated', () => {
  expect(compareBuilds(own, own)).toBe('same');
  expect(compareBuilds({ ...own, commit: 'aaa' }, own)).toBe('older');
});

test('a daemon from another clone of the same version is not outdated', () => {
  expect(compareBuilds({ ...own, commit: 'aaa', installation: '/home/me/other' }, own)).toBe(
    'same',
  );
});

test('a daemon without a recorded installation is older', () => {
  expect(compareBuilds({ version: '0.2.0', commit: null, installation: null }, own)).toBe('older');
});
