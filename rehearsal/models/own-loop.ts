import type { Conversation } from './conversation.ts';

/** The working folder in the instructions of Cerevisor's own loop, and in those of Claude Code. */
export const workingFolderIn = (text: string): string | undefined =>
  /^\s*-?\s*(?:Primary )?working directory:\s*(\S.*?)\s*$/im.exec(text)?.[1];

/** Reads mode and working folder from the instructions of Cerevisor's own loop. */
export function ownLoopSettings(system: string): Pick<Conversation, 'mode' | 'folder'> {
  const folder = workingFolderIn(system);
  return {
    mode: /plan mode is active/i.test(system) ? 'plan' : 'agent',
    ...(folder === undefined ? {} : { folder }),
  };
}
