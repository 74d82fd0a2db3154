import { type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash';

/** What a command line does, as far as parsing it can tell. */
export type CommandParts = {
  /** Every program that it runs, including those in pipes, lists, loops and substitutions. */
  readonly commands: readonly SimpleCommand[];
  /** Files that its redirections write. */
  readonly writes: readonly string[];
  /** Parsing failed somewhere, so the lists may be incomplete. */
  readonly hasErrors: boolean;
};

export type SimpleCommand = {
  /** Including variable assignments, without quotes and redirections. */
  readonly text: string;
  /** Equivalent forms: without assignments and folders, and the command that a wrapper such as `sudo` runs. */
  readonly aliases: readonly string[];
  readonly words: readonly string[];
};

const MAX_LENGTH = 100_000;
const MAX_DEPTH = 4;
const WRITE_OPERATORS = new Set(['>', '>>', '>|', '&>', '&>>', '<>', '>&']);
/** Programs that run another command, which follows their own options. */
const WRAPPERS = new Set(
  'sudo doas env command builtin exec nohup nice ionice time timeout stdbuf setsid xargs'.split(
    ' ',
  ),
);
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);

export function parseCommand(command: string): CommandParts {
  const parts = { commands: [] as SimpleCommand[], writes: [] as string[], hasErrors: false };
  if (command.length > MAX_LENGTH) return { ...parts, hasErrors: true };
  collect(command, parts, 0);
  return parts;
}

type Parts = { commands: SimpleCommand[]; writes: string[]; hasErrors: boolean };

function collect(source: string, parts: Parts, depth: number): void {
  const script = parse(source);
  const visit = (node: SyntaxNode): void => {
    if ('errors' in node && (node.errors?.length ?? 0) > 0) parts.hasErrors = true;
    if (node.type === 'Command') addCommand(node, parts, depth);
    if (node.type === 'Redirect' && WRITE_OPERATORS.has(node.operator))
      addWrite(node.target, parts);
    forEachChild(node, visit);
  };
  visit(script);
}

/** Ignores `2>&1`, which writes to no file, and devices such as `/dev/null`. */
function addWrite(target: Word | undefined, parts: Parts): void {
  const path = target?.value ?? '';
  if (path !== '' && !/^(\d+|-)$/.test(path) && !path.startsWith('/dev/')) parts.writes.push(path);
}

function addCommand(command: Command, parts: Parts, depth: number): void {
  const { name, prefix, args } = command;
  if (name === undefined) return;
  const words = [name.value, ...args.map((arg) => ('value' in arg ? textOf(arg) : ''))];
  const variables = prefix.flatMap((item) => (item.type === 'Assignment' ? [item.text] : []));
  parts.commands.push({
    text: [...variables, ...words].join(' '),
    aliases: aliasesOf(words, 0),
    words,
  });
  const script = scriptIn(words);
  if (script !== null && depth < MAX_DEPTH) collect(script, parts, depth + 1);
}

const textOf = (arg: Word | { readonly text: string }): string =>
  'type' in arg && arg.type === 'Word' && 'value' in arg ? arg.value : arg.text;

/** `/bin/rm x` is `rm x`; `sudo -n rm x` is `rm x` too. */
function aliasesOf(words: readonly string[], depth: number): readonly string[] {
  const [name = '', ...args] = words;
  const program = name.slice(name.lastIndexOf('/') + 1);
  const plain = [program, ...args].join(' ');
  if (!WRAPPERS.has(program) || depth > MAX_DEPTH) return [plain];
  // Options, numbers and assignments precede the inner command. Which options take a value is unknown, so every
  // possible start is an alias.
  const inner = args.flatMap((_, index) =>
    args.slice(0, index).every(isOptionOrValue) ? [aliasesOf(args.slice(index), depth + 1)] : [],
  );
  return [plain, ...inner.flat()];
}

/** The word after an option may be its value. Too many aliases are harmless: they only make denying rules stricter. */
const isOptionOrValue = (word: string, index: number, all: readonly string[]): boolean =>
  /^-|^\d|^\w+=/.test(word) || (all[index - 1]?.startsWith('-') ?? false);

/** The script that `bash -c` or `eval` runs; null for other commands. */
function scriptIn([name = '', ...args]: readonly string[]): string | null {
  const program = name.slice(name.lastIndexOf('/') + 1);
  if (program === 'eval') return args.join(' ');
  if (!SHELLS.has(program)) return null;
  const option = args.findIndex((word) => /^-\w*c$/.test(word));
  return option === -1 ? null : (args[option + 1] ?? null);
}
