import { fileURLToPath } from 'node:url';
import { runProgram } from '../../src/runner/program.ts';
import { folderAsItIs } from './folder-as-it-is.ts';

/** The real runner, with one host for several threads. */
await runProgram({
  workspaces: async () => folderAsItIs(),
  hostProgram: () => ({
    file: fileURLToPath(new URL('./shared-test-host.ts', import.meta.url)),
    isShared: true,
  }),
});
