import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { ApiError } from '../contract/errors.ts';
import { type ExitCode, exitCodeOfError, exitCodes } from '../contract/exit-codes.ts';
import { commandList } from './command-list.ts';
import { type Context, createContext } from './context.ts';
import { Output } from './output.ts';
import { buildProgram, wantedBy } from './program.ts';
import { badUsage, refusal } from './refusal.ts';

/** Runs one command line and returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  const { stdin, stdout, stderr, env, platform } = process;
  for (const stream of [stdout, stderr]) stream.on('error', leaveQuietly);
  const isJson = wantsJson(args);
  const output = new Output({ isJson, stdout, stderr, environment: env, platform });
  const context = createContext({ environment: env, output, input: stdin, errorStream: stderr });
  try {
    const words = withDefault(args);
    const program = await buildProgram(context, version(), stdout, wantedBy(words));
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
  const isAboutUs = args.some((word) => ['-h', '--help', '-v', '--version'].includes(word));
  return isAboutUs || args.some((word) => !word.startsWith('-')) ? args : ['open', ...args];
}

const isCommand = (name: string): boolean =>
  name === 'help' || commandList.some(({ commands }) => commands.some((one) => one.name === name));

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
    refusal('internal_error', `This is a bug in Cerevisor: ${detail}`, 'Please report it.'),
  );
  return exitCodes.unreachable;
}

/** The reader of our output is gone (`cerevisor logs ... | head`), so there is nobody left to write to. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.success);
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  // Our own package, which has one.
  const { version: found } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return found;
}
