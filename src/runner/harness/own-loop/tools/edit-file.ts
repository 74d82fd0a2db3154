import { z } from 'zod';
import { changeDetails, changeFile } from './change-file.ts';
import { defineTool, flag } from './define-tool.ts';
import { replaceExactly } from './replace-exactly.ts';
import type { Tool } from './tool.ts';
import type { WorkingFolder } from './working-folder.ts';

export const editTool = (folder: WorkingFolder): Tool =>
  defineTool({
    name: 'edit',
    description:
      'Replaces text in a file in the working folder. `oldText` must match the file exactly, including spaces and line breaks, and must occur once; include more surrounding lines until it does, or set replaceAll.',
    category: 'filesystem-write',
    isReadOnly: false,
    input: z.object({
      path: z.string().min(1).describe('Path of the file, relative to the working folder'),
      oldText: z.string().min(1).describe('The text to replace, without line numbers'),
      newText: z.string().describe('The replacement'),
      replaceAll: flag('Replace every occurrence'),
    }),
    permissionDetails: ({ path, ...edit }) =>
      changeDetails(folder, path, (before, name) => replaceExactly(before, edit, name)),
    run: ({ path, ...edit }) =>
      changeFile(folder, path, (before, name) => replaceExactly(before, edit, name)),
  });
