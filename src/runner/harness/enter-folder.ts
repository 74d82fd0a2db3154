import { HarnessError } from './harness-error.ts';

/** Programs that are started without a folder begin where this process stands. */
export function enterFolder(cwd: string): void {
  try {
    process.chdir(cwd);
  } catch {
    const message = `The working folder ${cwd} cannot be opened.`;
    throw new HarnessError({ code: 'invalid_request', message });
  }
}
