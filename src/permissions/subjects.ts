import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isWithin } from '../lib/folders.ts';
import { partsOfCommand } from './command-parts.ts';
import { matchesPath, matchesText } from './pattern.ts';
import type { ToolCategory, ToolRequest } from './tool-request.ts';

/** One thing that a tool call does and that rules are about; a command line may do several. */
export type Subject = {
  readonly category: ToolCategory;
  /** As a person would write it down. */
  readonly text: string;
  /** Whether a pattern means this. `isStrict`: the rule holds back, so that other ways to say it count too. */
  readonly matches: (pattern: string, isStrict: boolean) => boolean;
};

type Asked = Omit<ToolRequest, 'requestId'>;

export function subjectsOf(request: Asked): readonly Subject[] {
  const { category, path, server, tool, folder, command } = request;
  switch (category) {
    case 'execution':
      return command === undefined ? [textSubject(category, tool)] : commandSubjects(request);
    case 'filesystem-write':
    case 'read':
      return [
        path === undefined ? textSubject(category, tool) : pathSubject(category, path, folder),
      ];
    case 'network':
      return [textSubject(category, path ?? tool)];
    case 'mcp':
      return [textSubject(category, server === undefined ? tool : `${server}/${tool}`)];
    case 'other':
      return [textSubject(category, tool)];
    default:
      return category satisfies never;
  }
}

/** Programs whose purpose is to reach other machines. What others do by the way is not seen in their words. */
const NETWORK = new Set(
  'curl wget ssh scp sftp rsync ftp telnet nc ncat netcat socat http https gh glab'.split(' '),
);
const REMOTE_GIT = new Set(['clone', 'fetch', 'pull', 'push', 'ls-remote', 'remote', 'submodule']);

function commandSubjects({ command = '', folder }: Asked): readonly Subject[] {
  const { commands, writes, hasErrors } = partsOfCommand(command);
  const executions = commands.map(({ text, aliases }) => textSubject('execution', text, aliases));
  const isWhole = !hasErrors && executions.length > 0;
  const hasMoved = commands.some(({ words: [name = ''] }) => MOVING.has(name));
  return [
    ...executions,
    ...(isWhole ? [] : [unclearSubject('execution', command.trim())]),
    ...commands.filter(({ aliases }) => aliases.some(isForNetwork)).flatMap(networkSubjects),
    ...writes.map((path) =>
      isUnclear(path, hasMoved)
        ? unclearSubject('filesystem-write', path)
        : pathSubject('filesystem-write', path, folder),
    ),
  ];
}

const MOVING = new Set(['cd', 'pushd', 'popd']);

/** Variables and `~` may stand for anything, and behind a `cd` a relative path for any file. */
const isUnclear = (path: string, hasMoved: boolean): boolean =>
  /[$`]|^~/.test(path) || (hasMoved && !isAbsolute(path));

/** What cannot be read as a whole: rules that hold back see its words, and only one for everything allows it. */
const unclearSubject = (category: ToolCategory, text: string): Subject => ({
  category,
  text,
  matches: (pattern, isStrict) =>
    isStrict ? matchesText(pattern, text) : category === 'execution' && /^\*+$/.test(pattern),
});

function isForNetwork(text: string): boolean {
  const [program = '', ...args] = text.split(' ');
  if (program === 'git') return args.some((word) => REMOTE_GIT.has(word));
  return NETWORK.has(program);
}

function networkSubjects({ words, text }: { words: readonly string[]; text: string }) {
  const addresses = words.filter((word) => word.includes('://'));
  return (addresses.length === 0 ? [text] : addresses).map((one) => textSubject('network', one));
}

const textSubject = (
  category: ToolCategory,
  text: string,
  aliases: readonly string[] = [],
): Subject => ({
  category,
  text,
  matches: (pattern, isStrict) =>
    matchesText(pattern, text) ||
    (isStrict && aliases.some((alias) => matchesText(pattern, alias))),
});

/** Inside the folder a path is relative to it, elsewhere absolute. Patterns are written in the same way. */
function pathSubject(category: ToolCategory, path: string, folder: string): Subject {
  const absolute = resolve(folder, path);
  const isInside = isWithin(folder, absolute);
  const text = slashes(isInside ? relative(folder, absolute) : absolute);
  return {
    category,
    text,
    matches: (pattern, isStrict) => {
      const wanted = slashes(pattern);
      if (isAbsolute(wanted)) return matchesPath(wanted, slashes(absolute));
      if (isInside) return matchesPath(wanted, text);
      // `**/.env` is meant wherever it is, but allows nothing outside the folder.
      return isStrict && wanted.startsWith('**/') && matchesPath(wanted, text.replace(/^\//, ''));
    },
  };
}

const slashes = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'));
