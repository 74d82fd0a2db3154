import { fileURLToPath } from 'node:url';
import { DEFAULT_HOST_LIMITS } from '../../src/runner/hosts/watchdog.ts';
import { runProgram } from '../../src/runner/program.ts';
import { IdleHosts } from '../../src/runner/threads/idle-hosts.ts';
import { inPlaceWorkspaces } from './in-place-workspaces.ts';

/** The real runner, with scripted hosts in unprepared folders. */
await runProgram({
  workspaces: async () => inPlaceWorkspaces(),
  hostProgram: () => ({
    file: fileURLToPath(new URL('./test-host.ts', import.meta.url)),
    isShared: false,
  }),
  context: {
    limits: {
      ...DEFAULT_HOST_LIMITS,
      memoryBytes: 500 * 1024 * 1024,
      // The same limit for idle and for busy hosts.
      silentMs: Number(process.env.TEST_HANG_MS ?? 60_000),
      busyMs: Number(process.env.TEST_HANG_MS ?? 60_000),
    },
    idleHosts: new IdleHosts(Number(process.env.TEST_IDLE_HOST_MS ?? 60_000)),
  },
  idleMs: Number(process.env.TEST_IDLE_MS ?? 600_000),
  checkEveryMs: Number(process.env.TEST_LOOK_EVERY_MS ?? 15_000),
});
