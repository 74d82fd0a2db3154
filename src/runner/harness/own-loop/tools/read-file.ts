import { z } from 'zod';
import { count, defineTool } from './define-tool.ts';
import { readContent } from './file-content.ts';
import { imageTypeOf } from './image-type.ts';
import { done, type Tool, ToolError, type ToolResult } from './tool.ts';
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

/** `supportsImages`: the model accepts images in tool results. */
export const readTool = (folder: WorkingFolder, supportsImages: boolean): Tool =>
  defineTool({
    name: 'read',
    description:
      'Reads a file in the working folder and returns its lines with line numbers. For a long file, pass offset and limit.',
    category: 'read',
    isReadOnly: true,
    input,
    permissionDetails: ({ path }) => ({ path }),
    run: async ({ path, offset = 1, limit = MAX_LINES }) => {
      const file = await folder.toRead(path);
      const { bytes, text } = await readContent(file);
      if (text === null) return imageOrError(file.name, bytes, supportsImages);
      if (text === '') return done(`${file.name} is empty.`, { path: file.name, totalLines: 0 });
      return numberedLines(file.name, text, offset, Math.min(limit, MAX_LINES));
    },
  });

function numberedLines(name: string, text: string, offset: number, limit: number): ToolResult {
  const all = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (offset > all.length)
    throw new ToolError(`${name} has only ${all.length} lines; line ${offset} does not exist.`);
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

function imageOrError(name: string, bytes: Buffer, supportsImages: boolean): ToolResult {
  const mediaType = imageTypeOf(bytes);
  if (mediaType === null)
    throw new ToolError(`${name} is not a text file (${bytes.length} bytes).`);
  if (!supportsImages || bytes.length > MAX_IMAGE_BYTES)
    throw new ToolError(
      `${name} is an image (${mediaType}, ${bytes.length} bytes) that cannot be shown to you.`,
    );
  const images = [{ data: bytes.toString('base64'), mediaType }];
  const result = { success: { path: name, mediaType, sizeBytes: bytes.length } };
  return { outcome: { kind: 'done', text: `${name} (${mediaType}):`, images }, result };
}
