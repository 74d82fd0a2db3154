import type { ExitCode } from '../contract/exit-codes.ts';
import { resolveHome } from '../settings/home.ts';
import type { Output, Stream } from './output.ts';
import type { Environment } from './terminal/appearance.ts';

export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Passed to every command. */
export type Context = {
  readonly environment: Environment;
  readonly home: string;
  readonly output: Output;
  readonly input: Input;
  /** Used for questions, because standard output may be a pipe. */
  readonly errorStream: Stream;
  readonly now: () => number;
  /** The workflow file that a failure is about, so that its problems can name it. */
  failedFile: string | null;
  /** The exit code of the process after the command. */
  exitCode: ExitCode;
};

export function createContext(
  parts: Pick<Context, 'environment' | 'output' | 'input' | 'errorStream'>,
): Context {
  const home = resolveHome(parts.environment);
  return { ...parts, home, now: Date.now, failedFile: null, exitCode: 0 };
}
