import { type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash';

/** What a command line does, as far as its words tell. */
export type CommandParts = {
  /** Every program that it runs: those in pipes, lists, loops and substitutions too. */
  readonly commands: readonly SimpleCommand[];
  /** Files that its redirections write. */
  readonly writes: readonly string[];
  /** It could not be read as a whole, so that there may be more in it. */
  readonly hasErrors: boolean;
};

export type SimpleCommand = {
  /** With the variables that are set for it, and without quotes and redirections. */
  readonly text: string;
  /** Other ways to say it: without variables and folders, and what `sudo` and its like would run. */
  readonly aliases: readonly string[];
  readonly words: readonly string[];
};

const MAX_LENGTH = 100_000;
const MAX_DEPTH = 4;
const WRITING = new Set(['>', '>>', '>|', '&>', '&>>', '<>', '>&']);
/** Programs that run what their arguments say, with options of theirs before it. */
const WRAPPERS = new Set(
  'sudo doas env command builtin exec nohup nice ionice time timeout stdbuf setsid xargs'.split(
    ' ',
  ),
);
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);

export function partsOfCommand(command: string): CommandParts {
  const parts = { commands: [] as SimpleCommand[], writes: [] as string[], hasErrors: false };
  if (command.length > MAX_LENGTH) return { ...parts, hasErrors: true };
  read(command, parts, 0);
  return parts;
}

type Parts = { commands: SimpleCommand[]; writes: string[]; hasErrors: boolean };

function read(source: string, parts: Parts, depth: number): void {
  const script = parse(source);
  const visit = (node: SyntaxNode): void => {
    if ('errors' in node && (node.errors?.length ?? 0) > 0) parts.hasErrors = true;
    if (node.type === 'Command') noteCommand(node, parts, depth);
    if (node.type === 'Redirect' && WRITING.has(node.operator)) noteWrite(node.target, parts);
    forEachChild(node, visit);
  };
  visit(script);
}

/** `2>&1` writes to no file, and nobody misses what goes to `/dev/null`. */
function noteWrite(target: Word | undefined, parts: Parts): void {
  const path = target?.value ?? '';
  if (path !== '' && !/^(\d+|-)$/.test(path) && !path.startsWith('/dev/')) parts.writes.push(path);
}

function noteCommand(command: Command, parts: Parts, depth: number): void {
  const { name, prefix, args } = command;
  if (name === undefined) return;
  const words = [name.value, ...args.map((arg) => ('value' in arg ? textOf(arg) : ''))];
  const variables = prefix.flatMap((one) => (one.type === 'Assignment' ? [one.text] : []));
  parts.commands.push({
    text: [...variables, ...words].join(' '),
    aliases: aliasesOf(words, 0),
    words,
  });
  const script = scriptIn(words);
  if (script !== null && depth < MAX_DEPTH) read(script, parts, depth + 1);
}

const textOf = (arg: Word | { readonly text: string }): string =>
  'type' in arg && arg.type === 'Word' && 'value' in arg ? arg.value : arg.text;

/** `/bin/rm x` is `rm x`; `sudo -n rm x` is `rm x` too. */
function aliasesOf(words: readonly string[], depth: number): readonly string[] {
  const [name = '', ...args] = words;
  const program = name.slice(name.lastIndexOf('/') + 1);
  const plain = [program, ...args].join(' ');
  if (!WRAPPERS.has(program) || depth > MAX_DEPTH) return [plain];
  // Options, numbers and variables come before what it runs. One that has an argument leaves that in front.
  const inner = args.flatMap((_, index) =>
    args.slice(0, index).every(isOptionOrValue) ? [aliasesOf(args.slice(index), depth + 1)] : [],
  );
  return [plain, ...inner.flat()];
}

/** Of which at most the word behind an option is taken for its value: too many aliases only make rules stricter. */
const isOptionOrValue = (word: string, index: number, all: readonly string[]): boolean =>
  /^-|^\d|^\w+=/.test(word) || (all[index - 1]?.startsWith('-') ?? false);

/** What `bash -c` and `eval` run. */
function scriptIn([name = '', ...args]: readonly string[]): string | null {
  const program = name.slice(name.lastIndexOf('/') + 1);
  if (program === 'eval') return args.join(' ');
  if (!SHELLS.has(program)) return null;
  const option = args.findIndex((word) => /^-\w*c$/.test(word));
  return option === -1 ? null : (args[option + 1] ?? null);
}
