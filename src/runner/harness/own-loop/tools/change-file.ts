import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../../../lib/durable-file.ts';
import { countLines, unifiedDiff } from '../../../../lib/unified-diff.ts';
import { asProblem, readIfThere } from './file-content.ts';
import { done, type Question, ToolProblem, type ToolResult } from './own-tool.ts';
import type { Place, WorkingFolder } from './working-folder.ts';

/** A change of one file: from what is there now (null: nothing) to what is to be there. */
export type Change = (before: string | null, name: string) => string;

/** What a person is asked before a change. Where it cannot be made, its call says why. */
export async function changeQuestion(
  folder: WorkingFolder,
  path: string,
  change: Change,
): Promise<Question> {
  try {
    const { place, before, after } = await plan(folder, path, change);
    return { path: place.name, diff: unifiedDiff(place.name, before, after) };
  } catch (error) {
    if (error instanceof ToolProblem) return { path };
    throw error;
  }
}

/** Makes the change to what is there now, whatever was there when the person was asked. */
export async function changeFile(
  folder: WorkingFolder,
  path: string,
  change: Change,
): Promise<ToolResult> {
  const { place, before, after } = await plan(folder, path, change);
  if (before === after)
    return done(`${place.name} already has this content.`, { path: place.name });
  try {
    await mkdir(dirname(place.path), { recursive: true });
    await replaceFile(place.path, after);
  } catch (error) {
    throw asProblem(error, place.name);
  }
  const diff = unifiedDiff(place.name, before, after);
  const counts = countLines(diff);
  const did = before === null ? 'Created' : 'Changed';
  return done(`${did} ${place.name} (+${counts.linesAdded} -${counts.linesRemoved} lines).`, {
    path: place.name,
    ...counts,
    diffString: diff,
  });
}

async function plan(folder: WorkingFolder, path: string, change: Change) {
  const place = await folder.toWrite(path);
  const before = await textAt(place);
  return { place, before, after: change(before, place.name) };
}

async function textAt(place: Place): Promise<string | null> {
  const content = await readIfThere(place);
  if (content === null) return null;
  // Anything but UTF-8 would be written back as something else.
  const { text, bytes } = content;
  if (text === null) throw new ToolProblem(`${place.name} is not a text file; use a command.`);
  const asWritten = bytes.toString('utf8');
  if (!Buffer.from(asWritten, 'utf8').equals(bytes))
    throw new ToolProblem(`${place.name} is not encoded in UTF-8; use a command.`);
  return asWritten;
}
