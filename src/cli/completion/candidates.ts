import type { Argument, Command, Option } from 'commander';

/** One thing that could stand where the cursor is. */
export type Candidate = { readonly value: string; readonly about: string };

/** What may stand there: these, and with `files` any file of this machine. */
export type Candidates = { readonly values: readonly Candidate[]; readonly files: boolean };

/** Where candidates come from that are no part of the command line. */
export type Sources = {
  readonly sessions: () => Promise<readonly Candidate[]>;
  readonly agentsOfSession: (session: string) => Promise<readonly Candidate[]>;
  readonly agentsOfFile: (file: string) => Promise<readonly Candidate[]>;
  readonly providers: () => Promise<readonly Candidate[]>;
  readonly statuses: readonly string[];
};

const nothing: Candidates = { values: [], files: false };
const anyFile: Candidates = { values: [], files: true };
const words = (values: readonly string[]): Candidates => ({
  values: values.map((value) => ({ value, about: '' })),
  files: false,
});

/**
 * What may stand at the last of these words; the others are those between the program's name and it. Shells choose
 * among the answers by what is typed already.
 */
export async function candidatesFor(
  program: Command,
  typed: readonly string[],
  sources: Sources,
): Promise<Candidates> {
  // Bash takes `--mode=cloud` apart.
  const [current = '', ...before] = typed.filter((word) => word !== '=').toReversed();
  const { command, operands, option } = progressAfter(program, before.toReversed());
  if (option !== null) return valuesOfOption(option, command, operands, sources);
  if (current.startsWith('-')) return optionsOf(command);
  if (command.commands.length > 0) return namesOf(command);
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
  return argument === undefined ? nothing : valuesOfArgument(argument, program, sources);
}

type Progress = {
  readonly command: Command;
  readonly operands: readonly string[];
  /** The option whose value is next. */
  readonly option: Option | null;
};

function progressAfter(program: Command, before: readonly string[]): Progress {
  let progress: Progress = { command: program, operands: [], option: null };
  for (const word of before) {
    const { command, operands, option } = progress;
    const child = command.commands.find((one) => one.name() === word);
    if (option !== null) progress = { ...progress, option: null };
    else if (word.startsWith('-'))
      progress = { ...progress, option: optionWithValue(command, word) };
    else if (child !== undefined) progress = { command: child, operands: [], option: null };
    else progress = { command, operands: [...operands, word], option };
  }
  return progress;
}

const optionWithValue = (command: Command, word: string): Option | null =>
  command.options.find(
    ({ long, short, required, optional }) => [long, short].includes(word) && (required || optional),
  ) ?? null;

async function valuesOfOption(
  option: Option,
  command: Command,
  operands: readonly string[],
  sources: Sources,
): Promise<Candidates> {
  if (option.argChoices !== undefined) return words(option.argChoices);
  switch (option.attributeName()) {
    case 'agent': {
      const [first] = operands;
      if (first === undefined) return nothing;
      const isFile = command.registeredArguments[0]?.name() === 'file';
      const ask = isFile ? sources.agentsOfFile : sources.agentsOfSession;
      return { values: await ask(first), files: false };
    }
    case 'status':
      return words(sources.statuses);
    case 'output':
      return anyFile;
    default:
      return nothing;
  }
}

async function valuesOfArgument(
  argument: Argument,
  program: Command,
  sources: Sources,
): Promise<Candidates> {
  if (argument.argChoices !== undefined) return words(argument.argChoices);
  switch (argument.name()) {
    case 'session':
      return { values: await sources.sessions(), files: false };
    case 'provider':
      return { values: await sources.providers(), files: false };
    case 'file':
      return anyFile;
    case 'command':
      return namesOf(program);
    default:
      return nothing;
  }
}

function namesOf(command: Command): Candidates {
  const shown = command.createHelp().visibleCommands(command);
  const values = shown.map((one) => ({ value: one.name(), about: one.description() }));
  return { values, files: false };
}

function optionsOf(command: Command): Candidates {
  const shown = command.createHelp().visibleOptions(command);
  const values = shown.flatMap(({ long, short, description }) => {
    const value = long ?? short;
    return value === undefined ? [] : [{ value, about: description }];
  });
  return { values, files: false };
}
