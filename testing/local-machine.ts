import { inspectFolder } from '../src/daemon/local-machine.ts';
import type { LocalMachine } from '../src/engine/start/local-machine.ts';

/** This machine as tests see it: real folders, a sandbox or none, and nothing that is Cerevisor's own. */
export function testMachine(changes: Partial<LocalMachine> = {}): LocalMachine {
  return {
    examine: (folder) => inspectFolder(folder),
    sandbox: async () => ({ isAvailable: true }),
    freeMemoryBytes: () => null,
    sampleFolder: async () => null,
    installationFolder: '/nowhere/cerevisor',
    home: '/nowhere/home',
    obstacles: async () => [],
    ...changes,
  };
}
