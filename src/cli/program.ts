import { Command, type CommanderError, Help } from 'commander';
import { badUsage } from './command-error.ts';
import { commandList, type ListedCommand } from './command-list.ts';
import type { Context } from './context.ts';
import type { Stream } from './output.ts';
import { cleanText } from './terminal/text.ts';

const epilogue = `
SESSION is a session id or a unique prefix of one.
Exit codes: 0 success, 1 the session failed, 2 incorrect usage or invalid workflow, 3 not in this license tier,
4 cancelled, 5 Cursor or the daemon cannot be reached, 6 confirmation required (--yes gives it).
Environment: CEREVISOR_HOME, CEREVISOR_PORT, CEREVISOR_NO_OPEN, CURSOR_API_KEY, CURSOR_BACKEND_URL.
`;

/** Selects the commands to load completely. The others get only their entry in the list. */
export type CommandFilter = (command: ListedCommand) => boolean;

/** Selects the command that these arguments call or request help for. */
export const commandsNeededBy = (args: readonly string[]): CommandFilter => {
  const words = args.filter((word) => !word.startsWith('-'));
  const name = words[0] === 'help' ? words[1] : words[0];
  // Completion needs all commands.
  return (command) => name === 'complete' || command.name === name;
};

/** Builds the command line. It does not exit by itself: usage errors are thrown. */
export async function buildProgram(
  context: Context,
  version: string,
  stdout: Stream,
  isNeeded: CommandFilter,
): Promise<Command> {
  const program = new Command('cerevisor');
  program
    .description(
      'Runs multi-agent workflows with Cursor and other providers, without losing or repeating any work.',
    )
    .version(version, '-v, --version', 'print the version')
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20, formatItem: helpItem })
    .configureOutput({
      // Help and version are text, not JSON.
      writeOut: (text) => (context.output.isJson ? context.errorStream : stdout).write(text),
      // The text quotes arguments, which may contain control characters.
      writeErr: (text) => context.errorStream.write(cleanText(withoutInternalName(text))),
    })
    .addHelpText('after', epilogue);
  for (const { heading, commands } of commandList) {
    program.commandsGroup(heading);
    for (const command of commands) {
      if (isNeeded(command)) (await command.load())(program, context);
      else addPlaceholder(program, command);
    }
  }
  const help = new Command('help').argument('[command]').description('show help for a command');
  program.addHelpCommand(help.helpGroup('Cerevisor itself:'));
  configure(program);
  return program;
}

/** Beside the terms, descriptions need this width; on narrower screens they are below them. */
const MIN_DESCRIPTION_WIDTH = 40;
const DESCRIPTION_INDENT = 6;

/** A command or an option with its description. The library does not wrap descriptions for which there is little room. */
function helpItem(term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? 80;
  if (width - termWidth - 4 >= MIN_DESCRIPTION_WIDTH || description === '')
    return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
  const lines = helper.boxWrap(description, width - DESCRIPTION_INDENT).split('\n');
  return [`  ${term}`, ...lines.map((text) => `${' '.repeat(DESCRIPTION_INDENT)}${text}`)].join(
    '\n',
  );
}

/** The library calls the value of an argument "command-argument value". */
const withoutInternalName = (text: string): string =>
  text.replace(/^error: command-argument value /, 'error: ');

function addPlaceholder(
  program: Command,
  { name, args, description, isHidden = false }: ListedCommand,
): void {
  program.command(`${name} ${args}`.trim(), { hidden: isHidden }).description(description);
}

/** Adds to every command the option `--json`, and its usage after an error. */
function configure(command: Command): void {
  command.option('--json', 'print JSON to standard output, and text for people to standard error');
  command.showHelpAfterError(usageOf(command));
  if (command.parent !== null && command.commands.length > 0) {
    command.exitOverride((error) => {
      throw isWithoutSubcommand(error) ? subcommandMissing(command) : error;
    });
  }
  for (const child of command.commands) configure(child);
}

/** If the subcommand is missing, the library shows the help and reports a failure. */
const isWithoutSubcommand = ({ code, exitCode }: CommanderError): boolean =>
  code === 'commander.help' && exitCode !== 0;

function subcommandMissing(command: Command) {
  const names = command.commands.map((child) => child.name());
  return badUsage(
    `Name a subcommand: ${names.join(', ')}.`,
    `For example: \`cerevisor ${command.name()} ${names[0]}\`.`,
  );
}

function usageOf(command: Command): string {
  const names = [command.name()];
  for (let parent = command.parent; parent !== null; parent = parent.parent)
    names.unshift(parent.name());
  const name = names.join(' ');
  return `\nUsage: ${name} ${command.usage()}\nMore:  ${name} --help`;
}
