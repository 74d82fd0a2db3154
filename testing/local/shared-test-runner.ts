import { fileURLToPath } from 'node:url';
import { runProgram } from '../../src/runner/program.ts';
import { inPlaceWorkspaces } from './in-place-workspaces.ts';

/** The real runner, with one host for several threads. */
await runProgram({
  workspaces: async () => inPlaceWorkspaces(),
  hostProgram: () => ({
    file: fileURLToPath(new URL('./shared-test-host.ts', import.meta.url)),
    isShared: true,
  }),
});
