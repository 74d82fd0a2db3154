import { readFileSync, writeSync } from 'node:fs';
import { CommanderError } from 'commander';
import { ApiError } from '../contract/errors.ts';
import { type ExitCode, exitCodeOfError, exitCodes } from '../contract/exit-codes.ts';
import { badUsage, commandError } from './command-error.ts';
import { commandList } from './command-list.ts';
import { type Context, createContext } from './context.ts';
import { Output } from './output.ts';
import { buildProgram, commandsNeededBy } from './program.ts';

/** Runs one command line and returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  const { stdin, stdout, stderr, env, platform } = process;
  for (const stream of [stdout, stderr]) stream.on('error', exitWithoutOutput);
  const isJson = wantsJson(args);
  const output = new Output({ isJson, stdout, stderr, environment: env, platform });
  const context = createContext({ environment: env, output, input: stdin, errorStream: stderr });
  try {
    const words = withDefault(args);
    const program = await buildProgram(context, version(), stdout, commandsNeededBy(words));
    await program.parseAsync(words, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return fail(context, error);
  }
}

/**
 * Without a command, the app opens. This is handled here, so that a mistyped command is not taken for an argument.
 * Help for a command that does not exist suggests similar commands, as the command itself does.
 */
function withDefault(args: readonly string[]): readonly string[] {
  if (args[0] === 'help' && args[1] !== undefined && !isCommand(args[1])) return args.slice(1);
  const isGeneralOption = args.some((word) => ['-h', '--help', '-v', '--version'].includes(word));
  return isGeneralOption || args.some((word) => !word.startsWith('-')) ? args : ['open', ...args];
}

const isCommand = (name: string): boolean =>
  name === 'help' ||
  commandList.some(({ commands }) => commands.some((command) => command.name === name));

/** Determined before parsing, because parsing errors must be reported as JSON too. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

function fail(context: Context, error: unknown): ExitCode {
  const { output } = context;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) {
      if (error.code === 'commander.version') output.record({ version: version() });
      return exitCodes.success;
    }
    // The error and the usage are already on standard error.
    const { message } = badUsage(error.message.replace(/^error: /, ''));
    output.record({ error: { code: 'bad_usage', message } });
    return exitCodes.badUsage;
  }
  if (error instanceof ApiError) {
    output.failure(error, context.failedFile);
    return exitCodeOfError(error.code);
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.failure(
    commandError('internal_error', `This is a bug in Cerevisor: ${detail}`, 'Please report it.'),
  );
  return exitCodes.unreachable;
}

/**
 * Exits when the output cannot be written. It is no failure that its reader has closed the pipe
 * (`cerevisor logs ... | head`); a full disk is one.
 */
function exitWithoutOutput(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(exitCodes.success);
  try {
    // Written directly, because the stream of standard error may be the one that failed.
    writeSync(2, `error: The output could not be written: ${error.message}\n`);
  } finally {
    process.exit(exitCodes.unreachable);
  }
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  // The product's own package.json, which has a version.
  const { version: packageVersion } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return packageVersion;
}
