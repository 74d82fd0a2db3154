import type { Argument, Command, Option } from 'commander';

/** A possible completion. */
export type Candidate = { readonly value: string; readonly about: string };

/** Possible completions; with `files`, any file as well. */
export type Candidates = { readonly values: readonly Candidate[]; readonly files: boolean };

/** Sources of candidates that are not part of the command-line definition. */
export type Sources = {
  readonly sessions: () => Promise<readonly Candidate[]>;
  readonly agentsOfSession: (session: string) => Promise<readonly Candidate[]>;
  readonly agentsOfFile: (file: string) => Promise<readonly Candidate[]>;
  readonly providers: () => Promise<readonly Candidate[]>;
  readonly statuses: readonly string[];
};

const noCandidates: Candidates = { values: [], files: false };
const anyFile: Candidates = { values: [], files: true };
const candidatesOf = (values: readonly string[]): Candidates => ({
  values: values.map((value) => ({ value, about: '' })),
  files: false,
});

/**
 * The candidates for the last of these words; the others are the words between the program's name and it. The shell filters
 * them by what is already typed.
 */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  sources: Sources,
): Promise<Candidates> {
  // Bash splits `--mode=cloud` into three words.
  const [current = '', ...before] = words.filter((word) => word !== '=').toReversed();
  const { command, operands, option } = progressAfter(program, before.toReversed());
  if (option !== null) return valuesOfOption(option, command, operands, sources);
  if (current.startsWith('-')) return optionsOf(command);
  if (command.commands.length > 0) return namesOf(command);
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
  return argument === undefined ? noCandidates : valuesOfArgument(argument, program, sources);
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
    const child = command.commands.find((subcommand) => subcommand.name() === word);
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
  if (option.argChoices !== undefined) return candidatesOf(option.argChoices);
  switch (option.attributeName()) {
    case 'agent': {
      const [first] = operands;
      if (first === undefined) return noCandidates;
      const isFile = command.registeredArguments[0]?.name() === 'file';
      const lookUp = isFile ? sources.agentsOfFile : sources.agentsOfSession;
      return { values: await lookUp(first), files: false };
    }
    case 'status':
      return candidatesOf(sources.statuses);
    case 'output':
      return anyFile;
    default:
      return noCandidates;
  }
}

async function valuesOfArgument(
  argument: Argument,
  program: Command,
  sources: Sources,
): Promise<Candidates> {
  if (argument.argChoices !== undefined) return candidatesOf(argument.argChoices);
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
      return noCandidates;
  }
}

function namesOf(command: Command): Candidates {
  const visible = command.createHelp().visibleCommands(command);
  const values = visible.map((subcommand) => ({
    value: subcommand.name(),
    about: subcommand.description(),
  }));
  return { values, files: false };
}

function optionsOf(command: Command): Candidates {
  const visible = command.createHelp().visibleOptions(command);
  const values = visible.flatMap(({ long, short, description }) => {
    const value = long ?? short;
    return value === undefined ? [] : [{ value, about: description }];
  });
  return { values, files: false };
}
