import { z } from 'zod';
import { changeDetails, changeFile } from './change-file.ts';
import { defineTool } from './define-tool.ts';
import type { Tool } from './tool.ts';
import type { WorkingFolder } from './working-folder.ts';

export const writeTool = (folder: WorkingFolder): Tool =>
  defineTool({
    name: 'write',
    description:
      'Writes a complete file in the working folder: creates it and its folders, or overwrites it. To change part of a file, use edit.',
    category: 'filesystem-write',
    isReadOnly: false,
    input: z.object({
      path: z.string().min(1).describe('Path of the file, relative to the working folder'),
      content: z.string().describe('The complete content of the file'),
    }),
    permissionDetails: ({ path, content }) => changeDetails(folder, path, () => content),
    run: ({ path, content }) => changeFile(folder, path, () => content),
  });
