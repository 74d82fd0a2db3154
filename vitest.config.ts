import { defineConfig } from 'vitest/config';
import { findChromium } from './scripts/chromium.mjs';

/** Without a browser its tests are left out; `npm test` says so. */
const withoutBrowser = findChromium() === null ? ['tests/e2e/**'] : [];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'rehearsal/**/*.test.ts'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          exclude: withoutBrowser,
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
