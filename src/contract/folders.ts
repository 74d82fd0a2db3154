import { z } from '@hono/zod-openapi';

/** Folders of this machine, to choose one that agents work in. */
export const folderListSchema = z
  .object({
    path: z.string().describe('The listed folder, with symbolic links resolved'),
    parent: z
      .string()
      .nullable()
      .describe('Null for the home folder, because nothing above it is listed'),
    isRepository: z.boolean().describe('The top of a git repository'),
    folders: z.array(z.object({ name: z.string(), path: z.string(), isRepository: z.boolean() })),
    isCut: z.boolean().describe('There are more folders than are listed'),
    recent: z
      .array(z.object({ path: z.string(), isRepository: z.boolean() }))
      .describe('Folders of earlier sessions, newest first'),
  })
  .openapi('FolderList');
export type FolderList = z.infer<typeof folderListSchema>;

export const foldersQuerySchema = z.object({
  path: z
    .string()
    .min(1)
    .optional()
    .openapi({ description: 'An absolute path; default: the home folder of the user' }),
});
