import { parseCommand } from './command-parts.ts';
import type { ToolRequest } from './tool-request.ts';

/** A choice of what an answer for the session covers. Without a pattern: only the identical call. */
export type Suggestion = { readonly pattern?: string; readonly label: string };

/** From the narrowest to the broadest. */
export function suggestionsFor(
  request: Omit<ToolRequest, 'requestId' | 'args'>,
): readonly Suggestion[] {
  return [{ label: 'Exactly this' }, ...broaderSuggestions(request)];
}

function broaderSuggestions(
  request: Omit<ToolRequest, 'requestId' | 'args'>,
): readonly Required<Suggestion>[] {
  const { category, command, path, server } = request;
  switch (category) {
    case 'execution':
      return command === undefined ? [] : commandSuggestions(command);
    case 'filesystem-write':
    case 'read':
      return path === undefined ? [] : pathSuggestions(path, request.folder);
    case 'network':
      return path === undefined ? [] : addressSuggestions(path);
    case 'mcp':
      return server === undefined
        ? []
        : [{ pattern: `${server}/*`, label: `All tools of ${server}` }];
    case 'other':
      return [];
    default:
      return category satisfies never;
  }
}

/** A pattern covers one program, so a command line that runs several has no broader choice. */
function commandSuggestions(command: string): readonly Required<Suggestion>[] {
  const { commands, writes, hasErrors } = parseCommand(command);
  const [only, ...others] = commands;
  if (only === undefined || others.length > 0 || writes.length > 0 || hasErrors) return [];
  const [program = '', first = ''] = only.words;
  if (only.text !== only.words.join(' ') || !isPlain(program)) return [];
  const isSubcommand = /^[a-z][\w:-]*$/i.test(first) && only.words.length > 1;
  return [...(isSubcommand ? [startingWith(`${program} ${first}`)] : []), startingWith(program)];
}

const startingWith = (start: string): Required<Suggestion> => ({
  pattern: `${start} *`,
  label: `Commands that begin with "${start}"`,
});

/** Whether a text has no characters with a meaning in patterns. */
const isPlain = (text: string): boolean => /^[\w./:@+-]+$/.test(text);

function pathSuggestions(path: string, folder: string): readonly Required<Suggestion>[] {
  const inside = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
  if (inside.startsWith('/') || inside.includes('..')) return [];
  const end = inside.lastIndexOf('/');
  const parent = end === -1 ? null : inside.slice(0, end);
  const everything = { pattern: '**', label: 'All files in the working folder' };
  if (parent === null || !isPlain(parent)) return [everything];
  return [{ pattern: `${parent}/**`, label: `All files in ${parent}` }, everything];
}

function addressSuggestions(address: string): readonly Required<Suggestion>[] {
  const origin = /^https?:\/\/[\w.-]+(?::\d+)?(?=\/|$)/.exec(address)?.[0];
  return origin === undefined
    ? []
    : [{ pattern: `${origin}/**`, label: `Everything at ${origin}` }];
}
