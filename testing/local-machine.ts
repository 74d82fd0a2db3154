import { inspectFolder } from '../src/daemon/local-machine.ts';
import type { LocalMachine } from '../src/engine/start/local-machine.ts';

/** This machine for tests: real folders, a sandbox, and no folder of Cerevisor. */
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
