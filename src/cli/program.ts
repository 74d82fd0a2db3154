import { Command, type CommanderError } from 'commander';
import { addArtifacts } from './commands/artifacts.ts';
import { addAuth } from './commands/auth.ts';
import { addCancel } from './commands/cancel.ts';
import type { AddCommand } from './commands/command.ts';
import { addDismiss, addRestore } from './commands/dismiss.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExport } from './commands/export.ts';
import { addLicense } from './commands/license.ts';
import { addLogs } from './commands/logs.ts';
import { addOpen } from './commands/open.ts';
import { addAdopt, addOrphans } from './commands/orphans.ts';
import { addReconnect } from './commands/reconnect.ts';
import { addRehearse } from './commands/rehearse.ts';
import { addFollowUp, addRetry } from './commands/retry.ts';
import { addRun } from './commands/run.ts';
import { addSessions } from './commands/sessions.ts';
import { addShow } from './commands/show.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addStop } from './commands/stop.ts';
import { addValidate } from './commands/validate.ts';
import type { Context } from './context.ts';
import type { Stream } from './output.ts';
import { badUsage } from './refusal.ts';

const groups: readonly (readonly [heading: string, commands: readonly AddCommand[]])[] = [
  ['Run and watch:', [addRun, addReconnect, addCancel, addRetry, addFollowUp]],
  ['Look:', [addSessions, addShow, addLogs, addArtifacts, addExport]],
  ['Tidy up:', [addDismiss, addRestore, addOrphans, addAdopt]],
  ['Workflows:', [addValidate, addRehearse]],
  ['Cerevisor itself:', [addOpen, addStart, addStop, addStatus, addDoctor, addLicense, addAuth]],
];

const epilogue = `
SESSION is an id or any beginning of one that only one session has.
Exit codes: 0 success, 1 the session failed, 2 bad usage or workflow, 3 not in this licence tier,
4 cancelled, 5 Cursor or the daemon cannot be reached, 6 confirmation needed (--yes gives it).
Environment: CEREVISOR_HOME, CEREVISOR_PORT, CEREVISOR_NO_OPEN, CURSOR_API_KEY, CURSOR_BACKEND_URL.
`;

/** The whole command line. It prints and exits nowhere by itself: errors of usage are thrown to `main`. */
export function buildProgram(context: Context, version: string, stdout: Stream): Command {
  const program = new Command('cerevisor');
  program
    .description('Runs multi-agent workflows on Cursor, and never loses or repeats one.')
    .version(version, '-v, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      // Help and version are words for people.
      writeOut: (text) => (context.output.isJson ? context.errorStream : stdout).write(text),
      writeErr: (text) => context.errorStream.write(text),
    })
    .addHelpText('after', epilogue);
  for (const [heading, commands] of groups) {
    program.commandsGroup(heading);
    for (const add of commands) add(program, context);
  }
  const help = new Command('help').argument('[command]').description('show how a command is used');
  program.addHelpCommand(help.helpGroup('Cerevisor itself:'));
  prepare(program);
  return program;
}

/** What every command has: `--json`, and after a mistake its usage instead of a bare complaint. */
function prepare(command: Command): void {
  command.option('--json', 'JSON on standard output, words for people on standard error');
  command.showHelpAfterError(usageOf(command));
  if (command.parent !== null && command.commands.length > 0) {
    command.exitOverride((error) => {
      throw isWithoutSubcommand(error) ? subcommandMissing(command) : error;
    });
  }
  for (const child of command.commands) prepare(child);
}

/** The library shows the help then, as it does when somebody asks for it, but calls it a failure. */
const isWithoutSubcommand = ({ code, exitCode }: CommanderError): boolean =>
  code === 'commander.help' && exitCode !== 0;

function subcommandMissing(command: Command) {
  const names = command.commands.map((child) => child.name());
  return badUsage(
    `Name a subcommand: ${names.join(', ')}.`,
    `\`cerevisor ${command.name()} ${names[0]}\`, for instance.`,
  );
}

function usageOf(command: Command): string {
  const names = [command.name()];
  for (let parent = command.parent; parent !== null; parent = parent.parent)
    names.unshift(parent.name());
  const name = names.join(' ');
  return `\nUsage: ${name} ${command.usage()}\nMore:  ${name} --help`;
}
