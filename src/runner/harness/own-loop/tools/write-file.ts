import { z } from 'zod';
import { changeFile, changeQuestion } from './change-file.ts';
import { defineTool } from './define-tool.ts';
import type { OwnTool } from './own-tool.ts';
import type { WorkingFolder } from './working-folder.ts';

export const writeTool = (folder: WorkingFolder): OwnTool =>
  defineTool({
    name: 'write',
    description:
      'Writes a whole file in the working folder: creates it, with its folders, or replaces what is there. To change a part of a file, use edit.',
    category: 'filesystem-write',
    isReadOnly: false,
    input: z.object({
      path: z.string().min(1).describe('Path of the file, relative to the working folder'),
      content: z.string().describe('The whole content of the file'),
    }),
    question: ({ path, content }) => changeQuestion(folder, path, () => content),
    run: ({ path, content }) => changeFile(folder, path, () => content),
  });
