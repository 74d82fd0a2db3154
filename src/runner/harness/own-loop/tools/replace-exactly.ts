import { ToolProblem } from './own-tool.ts';

export type Edit = {
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll?: boolean | undefined;
};

const MAX_PLACES = 10;

/**
 * The text with one part replaced. Never guesses: where the part is missing or occurs more than once, `ToolProblem` says
 * so, and where it may have been meant.
 */
export function replaceExactly(before: string | null, edit: Edit, name: string): string {
  if (before === null)
    throw new ToolProblem(
      `${name} does not exist. Use write to create it, or ls and glob to find it.`,
    );
  const { oldText, newText, replaceAll = false } = inLineBreaksOf(before, edit);
  if (oldText === newText) throw new ToolProblem('oldText and newText are the same.');
  const places = placesOf(before, oldText);
  if (places.length === 0) throw new ToolProblem(missing(before, oldText, name));
  if (places.length > 1 && !replaceAll) {
    const lines = places.slice(0, MAX_PLACES).map((place) => lineAt(before, place));
    const more = places.length > MAX_PLACES ? ', …' : '';
    throw new ToolProblem(
      `oldText occurs ${places.length} times in ${name} (lines ${lines.join(', ')}${more}). Add lines around it so that it occurs once, or set replaceAll.`,
    );
  }
  return before.split(oldText).join(newText);
}

/** Models write line feeds; a file from Windows keeps its own line breaks. */
function inLineBreaksOf(before: string, edit: Edit): Edit {
  const isWindows = before.includes('\r\n') && !/[^\r]\n/.test(before);
  if (!isWindows) return edit;
  const converted = (text: string) => text.replace(/\r?\n/g, '\r\n');
  return { ...edit, oldText: converted(edit.oldText), newText: converted(edit.newText) };
}

function placesOf(text: string, part: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length))
    places.push(at);
  return places;
}

const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length;

function missing(before: string, oldText: string, name: string): string {
  const line = lineWithOtherSpaces(before, oldText);
  if (line !== null)
    return `oldText is not in ${name} in exactly this form. The text that begins at line ${line} differs only in spaces or line breaks. Read the file and copy it exactly.`;
  const first =
    oldText
      .split('\n')
      .find((one) => one.trim() !== '')
      ?.trim() ?? '';
  const similar = before.split('\n').findIndex((one) => first !== '' && one.includes(first));
  const hint =
    similar === -1
      ? 'Read the file and copy the text exactly.'
      : `Its first line occurs in line ${similar + 1}, but what follows differs. Read the file again.`;
  return `oldText is not in ${name}. ${hint}`;
}

/** Where a text stands that is the same but for its white space; null if there is none. */
function lineWithOtherSpaces(before: string, oldText: string): number | null {
  const wanted = wordsIn(oldText);
  if (wanted.length === 0) return null;
  const words = [...before.matchAll(/\S+/g)];
  const at = words.findIndex(
    (word, index) =>
      word[0] === wanted[0] && wanted.every((one, offset) => words[index + offset]?.[0] === one),
  );
  const found = words[at];
  return found === undefined ? null : lineAt(before, found.index);
}

const wordsIn = (text: string): readonly string[] => text.match(/\S+/g) ?? [];
