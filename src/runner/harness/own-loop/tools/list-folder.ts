import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool } from './define-tool.ts';
import { asToolError } from './file-content.ts';
import { done, type Tool } from './tool.ts';
import type { WorkingFolder } from './working-folder.ts';

const MAX_ENTRIES = 1_000;

export const listTool = (folder: WorkingFolder): Tool =>
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
    permissionDetails: ({ path = '.' }) => ({ path }),
    run: async ({ path = '.' }) => {
      const target = await folder.toRead(path);
      const entries = await readdir(target.path, { withFileTypes: true }).catch(
        (error: unknown) => {
          throw asToolError(error, target.name);
        },
      );
      const names = entries
        .map(
          (entry) =>
            `${entry.name}${entry.isDirectory() ? '/' : entry.isSymbolicLink() ? '@' : ''}`,
        )
        .sort();
      const rest = names.length - MAX_ENTRIES;
      const shown = names.slice(0, MAX_ENTRIES);
      const more = rest > 0 ? [`(${rest} more are not shown. Use glob.)`] : [];
      const text = names.length === 0 ? `${target.name} is empty.` : [...shown, ...more].join('\n');
      return done(text, { path: target.name, entries: shown, total: names.length });
    },
  });
