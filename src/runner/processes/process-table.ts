import { readLinuxProcesses } from './linux.ts';
import type { ProcessRow } from './process-row.ts';
import { readPsProcesses } from './ps.ts';
import { readWindowsProcesses } from './windows.ts';

/** All running processes. */
export function readProcesses(): Promise<readonly ProcessRow[]> {
  switch (process.platform) {
    case 'linux':
      return readLinuxProcesses();
    case 'win32':
      return readWindowsProcesses();
    default:
      return readPsProcesses();
  }
}
