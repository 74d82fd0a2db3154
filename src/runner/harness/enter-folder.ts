import { HarnessError } from './harness-error.ts';

/** Changes to the working folder, where child processes start by default. */
export function enterFolder(cwd: string): void {
  try {
    process.chdir(cwd);
  } catch {
    const message = `The working folder ${cwd} cannot be opened.`;
    throw new HarnessError({ code: 'invalid_request', message });
  }
}
