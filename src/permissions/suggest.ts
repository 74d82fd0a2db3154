import { partsOfCommand } from './command-parts.ts';
import type { ToolRequest } from './tool-request.ts';

/** What an answer for longer than one call may count for. Without a pattern: for exactly the same call. */
export type Suggestion = { readonly pattern?: string; readonly label: string };

/** From the narrowest to the widest. */
export function suggestionsFor(
  request: Omit<ToolRequest, 'requestId' | 'args'>,
): readonly Suggestion[] {
  return [{ label: 'Exactly this' }, ...widerThanThis(request)];
}

function widerThanThis(
  request: Omit<ToolRequest, 'requestId' | 'args'>,
): readonly Required<Suggestion>[] {
  const { category, command, path, server } = request;
  switch (category) {
    case 'execution':
      return command === undefined ? [] : forCommand(command);
    case 'filesystem-write':
    case 'read':
      return path === undefined ? [] : forPath(path, request.folder);
    case 'network':
      return path === undefined ? [] : forAddress(path);
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

/** A pattern is about one program. What runs several is only ever answered as it is. */
function forCommand(command: string): readonly Required<Suggestion>[] {
  const { commands, writes, hasErrors } = partsOfCommand(command);
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

/** Without what has a meaning in patterns. */
const isPlain = (text: string): boolean => /^[\w./:@+-]+$/.test(text);

function forPath(path: string, folder: string): readonly Required<Suggestion>[] {
  const inside = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
  if (inside.startsWith('/') || inside.includes('..')) return [];
  const end = inside.lastIndexOf('/');
  const parent = end === -1 ? null : inside.slice(0, end);
  const whole = { pattern: '**', label: 'All files in the working folder' };
  if (parent === null || !isPlain(parent)) return [whole];
  return [{ pattern: `${parent}/**`, label: `All files in ${parent}` }, whole];
}

function forAddress(address: string): readonly Required<Suggestion>[] {
  const origin = /^https?:\/\/[\w.-]+(?::\d+)?(?=\/|$)/.exec(address)?.[0];
  return origin === undefined
    ? []
    : [{ pattern: `${origin}/**`, label: `Everything at ${origin}` }];
}
