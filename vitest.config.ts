import { defineConfig } from 'vitest/config';
import { findChromium } from './scripts/chromium.mjs';

/** Without a browser its tests are left out; `npm test` says so. */
const withoutBrowser = findChromium() === null ? ['tests/e2e/**'] : [];

/**
 * `npm test` runs the quick tier, `npm run test:slow` the rest, `npm run test:all` both. A file of the slow tier is called
 * `*.slow.test.ts`: it waits for real time, starts the program again and again, or searches long histories.
 */
const tier = process.env.TEST_TIER ?? 'all';
const slow = '**/*.slow.test.ts';
const kind = tier === 'slow' ? '*.slow.test.ts' : '*.test.ts';
const leftOut = tier === 'quick' ? [slow] : [];

/** No test fails because the machine is slow: what is real (a process, a disk, a browser) gets minutes. */
const patience = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000 } },
};

export default defineConfig({
  test: {
    // Most tests wait for something most of the time, so there are more workers than cores.
    maxWorkers: tier === 'slow' ? 2 : 4,
    passWithNoTests: tier === 'slow',
    projects: [
      {
        test: {
          name: 'unit',
          include: [`{src,rehearsal}/**/${kind}`],
          exclude: leftOut,
          environment: 'node',
          ...patience,
          setupFiles: ['testing/support/without-git-settings.ts'],
        },
      },
      {
        test: {
          name: 'system',
          include: [`tests/**/${kind}`],
          exclude: [...withoutBrowser, ...leftOut],
          environment: 'node',
          ...patience,
          setupFiles: ['testing/support/without-git-settings.ts'],
        },
      },
    ],
  },
});
