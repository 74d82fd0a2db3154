import { ToolError } from './tool.ts';

export type Edit = {
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll?: boolean | undefined;
};

const MAX_LISTED_LINES = 10;

/**
 * Replaces one part of a text. If the part is missing or not unique, throws a `ToolError` that helps to correct the
 * edit.
 */
export function replaceExactly(before: string | null, edit: Edit, name: string): string {
  if (before === null)
    throw new ToolError(
      `${name} does not exist. Use write to create it, or ls and glob to find it.`,
    );
  const { oldText, newText, replaceAll = false } = withLineBreaksOf(before, edit);
  if (oldText === newText) throw new ToolError('oldText and newText are the same.');
  const offsets = offsetsOf(before, oldText);
  if (offsets.length === 0) throw new ToolError(notFoundMessage(before, oldText, name));
  if (offsets.length > 1 && !replaceAll) {
    const lines = offsets.slice(0, MAX_LISTED_LINES).map((offset) => lineAt(before, offset));
    const more = offsets.length > MAX_LISTED_LINES ? ', …' : '';
    throw new ToolError(
      `oldText occurs ${offsets.length} times in ${name} (lines ${lines.join(', ')}${more}). Add lines around it so that it occurs once, or set replaceAll.`,
    );
  }
  return before.split(oldText).join(newText);
}

/** Models use line feeds; Windows line breaks of the file are kept. */
function withLineBreaksOf(before: string, edit: Edit): Edit {
  const isWindows = before.includes('\r\n') && !/[^\r]\n/.test(before);
  if (!isWindows) return edit;
  const converted = (text: string) => text.replace(/\r?\n/g, '\r\n');
  return { ...edit, oldText: converted(edit.oldText), newText: converted(edit.newText) };
}

function offsetsOf(text: string, part: string): readonly number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length))
    offsets.push(at);
  return offsets;
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function notFoundMessage(before: string, oldText: string, name: string): string {
  const line = lineWithDifferentSpaces(before, oldText);
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

/** The line of a text that differs only in white space; null if there is none. */
function lineWithDifferentSpaces(before: string, oldText: string): number | null {
  const expectedWords = splitWords(oldText);
  if (expectedWords.length === 0) return null;
  const words = [...before.matchAll(/\S+/g)];
  const at = words.findIndex(
    (word, index) =>
      word[0] === expectedWords[0] &&
      expectedWords.every((one, offset) => words[index + offset]?.[0] === one),
  );
  const match = words[at];
  return match === undefined ? null : lineAt(before, match.index);
}

const splitWords = (text: string): readonly string[] => text.match(/\S+/g) ?? [];
