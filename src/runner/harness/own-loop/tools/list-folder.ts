import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool } from './define-tool.ts';
import { asProblem } from './file-content.ts';
import { done, type OwnTool } from './own-tool.ts';
import type { WorkingFolder } from './working-folder.ts';

const MAX_ENTRIES = 1_000;

export const listTool = (folder: WorkingFolder): OwnTool =>
  defineTool({
    name: 'ls',
    description: 'Lists the files and folders in a folder. Names of folders end with a slash.',
    category: 'read',
    isReadOnly: true,
    input: z.object({
      path: z
        .string()
        .min(1)
        .optional()
        .describe('The folder; the working folder itself by default'),
    }),
    question: ({ path = '.' }) => ({ path }),
    run: async ({ path = '.' }) => {
      const place = await folder.toRead(path);
      const entries = await readdir(place.path, { withFileTypes: true }).catch((error: unknown) => {
        throw asProblem(error, place.name);
      });
      const names = entries
        .map(
          (entry) =>
            `${entry.name}${entry.isDirectory() ? '/' : entry.isSymbolicLink() ? '@' : ''}`,
        )
        .sort();
      const rest = names.length - MAX_ENTRIES;
      const shown = names.slice(0, MAX_ENTRIES);
      const more = rest > 0 ? [`(${rest} more are not shown. Use glob.)`] : [];
      const text = names.length === 0 ? `${place.name} is empty.` : [...shown, ...more].join('\n');
      return done(text, { path: place.name, entries: shown, total: names.length });
    },
  });
