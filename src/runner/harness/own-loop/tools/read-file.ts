import { z } from 'zod';
import { count, defineTool } from './define-tool.ts';
import { readContent } from './file-content.ts';
import { imageTypeOf } from './image-type.ts';
import { done, type OwnTool, ToolProblem, type ToolResult } from './own-tool.ts';
import type { WorkingFolder } from './working-folder.ts';

const MAX_LINES = 2_000;
const MAX_LINE_LENGTH = 2_000;
const MAX_LENGTH = 100_000;
const MAX_IMAGE_BYTES = 5 * 1024 * 1024;

const input = z.object({
  path: z.string().min(1).describe('Path of the file, relative to the working folder'),
  offset: count('Number of the first line to read, starting at 1'),
  limit: count(`Number of lines to read; at most ${MAX_LINES}`),
});

/** `seesImages`: the model can be shown pictures as the result of a call. */
export const readTool = (folder: WorkingFolder, seesImages: boolean): OwnTool =>
  defineTool({
    name: 'read',
    description:
      'Reads a file in the working folder and returns its lines with line numbers. For a long file, pass offset and limit.',
    category: 'read',
    isReadOnly: true,
    input,
    question: ({ path }) => ({ path }),
    run: async ({ path, offset = 1, limit = MAX_LINES }) => {
      const place = await folder.toRead(path);
      const { bytes, text } = await readContent(place);
      if (text === null) return notText(place.name, bytes, seesImages);
      if (text === '') return done(`${place.name} is empty.`, { path: place.name, totalLines: 0 });
      return linesOf(place.name, text, offset, Math.min(limit, MAX_LINES));
    },
  });

function linesOf(name: string, text: string, offset: number, limit: number): ToolResult {
  const all = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (offset > all.length)
    throw new ToolProblem(`${name} has only ${all.length} lines; line ${offset} does not exist.`);
  const numbered: string[] = [];
  let length = 0;
  for (const [index, line] of all.slice(offset - 1, offset - 1 + limit).entries()) {
    const cut =
      line.length > MAX_LINE_LENGTH
        ? `${line.slice(0, MAX_LINE_LENGTH)}… (${line.length - MAX_LINE_LENGTH} more characters)`
        : line;
    length += cut.length;
    if (length > MAX_LENGTH && numbered.length > 0) break;
    numbered.push(`${String(offset + index).padStart(6)}\t${cut}`);
  }
  const last = offset + numbered.length - 1;
  const rest =
    last < all.length
      ? `\n(Lines ${offset} to ${last} of ${all.length}. Continue with offset ${last + 1}.)`
      : '';
  return done(numbered.join('\n') + rest, {
    path: name,
    content: all.slice(offset - 1, last).join('\n'),
    totalLines: all.length,
  });
}

function notText(name: string, bytes: Buffer, seesImages: boolean): ToolResult {
  const mediaType = imageTypeOf(bytes);
  if (mediaType === null)
    throw new ToolProblem(`${name} is not a text file (${bytes.length} bytes).`);
  if (!seesImages || bytes.length > MAX_IMAGE_BYTES)
    throw new ToolProblem(
      `${name} is an image (${mediaType}, ${bytes.length} bytes) that cannot be shown to you.`,
    );
  const images = [{ data: bytes.toString('base64'), mediaType }];
  const result = { success: { path: name, mediaType, sizeBytes: bytes.length } };
  return { outcome: { kind: 'done', text: `${name} (${mediaType}):`, images }, result };
}
