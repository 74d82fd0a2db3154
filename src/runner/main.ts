import { fileURLToPath } from 'node:url';
import { runProgram } from './program.ts';
import type { ThreadRequest } from './threads/context.ts';
import { openWorkspaces } from './workspace/workspaces.ts';

/** Named here, so that the bundle has them; started, never imported. */
const HOSTS: Readonly<Record<ThreadRequest['harness'], string>> = {
  'cursor-local': fileURLToPath(new URL('./harness/host.ts', import.meta.url)),
};

await runProgram({
  workspaces: (home) => openWorkspaces({ home }),
  hostProgram: (harness) => HOSTS[harness],
});
