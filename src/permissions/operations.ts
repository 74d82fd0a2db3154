import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isWithin } from '../lib/folders.ts';
import { parseCommand } from './command-parts.ts';
import { matchesPath, matchesText } from './pattern.ts';
import type { ToolCall, ToolCategory } from './tool-request.ts';

/** One operation that rules can match. A command line may consist of several. */
export type Operation = {
  readonly category: ToolCategory;
  /** As a user would write it in a rule. */
  readonly text: string;
  /** Whether a pattern matches. `isStrict`: for rules that ask or deny, equivalent forms of the text match too. */
  readonly matches: (pattern: string, isStrict: boolean) => boolean;
};

export function operationsOf(request: ToolCall): readonly Operation[] {
  const { category, path, server, tool, folder, command } = request;
  switch (category) {
    case 'execution':
      return command === undefined ? [textOperation(category, tool)] : commandOperations(request);
    case 'filesystem-write':
    case 'read':
      return [
        path === undefined ? textOperation(category, tool) : pathOperation(category, path, folder),
      ];
    case 'network':
      return [textOperation(category, path ?? tool)];
    case 'mcp':
      return [textOperation(category, server === undefined ? tool : `${server}/${tool}`)];
    case 'other':
      return [textOperation(category, tool)];
    default:
      return category satisfies never;
  }
}

/** Programs whose purpose is network access. Network access of other programs cannot be seen in a command line. */
const NETWORK_PROGRAMS = new Set(
  'curl wget ssh scp sftp rsync ftp telnet nc ncat netcat socat http https gh glab'.split(' '),
);
const REMOTE_GIT_COMMANDS = new Set([
  'clone',
  'fetch',
  'pull',
  'push',
  'ls-remote',
  'remote',
  'submodule',
]);

function commandOperations({ command = '', folder }: ToolCall): readonly Operation[] {
  const { commands, writes, hasErrors } = parseCommand(command);
  const executions = commands.map(({ text, aliases }) => textOperation('execution', text, aliases));
  const isFullyParsed = !hasErrors && executions.length > 0;
  const changesFolder = commands.some(({ words: [name = ''] }) => FOLDER_COMMANDS.has(name));
  return [
    ...executions,
    ...(isFullyParsed ? [] : [unparsedOperation('execution', command.trim())]),
    ...commands.filter(({ aliases }) => aliases.some(isForNetwork)).flatMap(networkOperations),
    ...writes.map((path) =>
      isAmbiguousPath(path, changesFolder)
        ? unparsedOperation('filesystem-write', path)
        : pathOperation('filesystem-write', path, folder),
    ),
  ];
}

const FOLDER_COMMANDS = new Set(['cd', 'pushd', 'popd']);

/** Variables and `~` can expand to any path, and after a `cd` a relative path can be any file. */
const isAmbiguousPath = (path: string, changesFolder: boolean): boolean =>
  /[$`]|^~/.test(path) || (changesFolder && !isAbsolute(path));

/** Text that could not be parsed: rules that ask or deny match its text, and only a rule for everything allows it. */
const unparsedOperation = (category: ToolCategory, text: string): Operation => ({
  category,
  text,
  matches: (pattern, isStrict) =>
    isStrict ? matchesText(pattern, text) : category === 'execution' && /^\*+$/.test(pattern),
});

function isForNetwork(text: string): boolean {
  const [program = '', ...args] = text.split(' ');
  if (program === 'git') return args.some((word) => REMOTE_GIT_COMMANDS.has(word));
  return NETWORK_PROGRAMS.has(program);
}

function networkOperations({ words, text }: { words: readonly string[]; text: string }) {
  const addresses = words.filter((word) => word.includes('://'));
  return (addresses.length === 0 ? [text] : addresses).map((address) =>
    textOperation('network', address),
  );
}

const textOperation = (
  category: ToolCategory,
  text: string,
  aliases: readonly string[] = [],
): Operation => ({
  category,
  text,
  matches: (pattern, isStrict) =>
    matchesText(pattern, text) ||
    (isStrict && aliases.some((alias) => matchesText(pattern, alias))),
});

/** Paths inside the working folder are matched relative to it, other paths as absolute ones. */
function pathOperation(category: ToolCategory, path: string, folder: string): Operation {
  const absolute = resolve(folder, path);
  const isInside = isWithin(folder, absolute);
  const text = withForwardSlashes(isInside ? relative(folder, absolute) : absolute);
  return {
    category,
    text,
    matches: (pattern, isStrict) => {
      const normalized = withForwardSlashes(pattern);
      if (isAbsolute(normalized)) return matchesPath(normalized, withForwardSlashes(absolute));
      if (isInside) return matchesPath(normalized, text);
      // `**/.env` asks about or denies such a file anywhere, but allows none outside the folder.
      return (
        isStrict && normalized.startsWith('**/') && matchesPath(normalized, text.replace(/^\//, ''))
      );
    },
  };
}

const withForwardSlashes = (path: string): string =>
  sep === '/' ? path : path.replaceAll(sep, '/');
