import type { Conversation } from './conversation.ts';

/** What Cerevisor's own loop says about a conversation in its instructions, with whichever API. */
export function ownLoopSettings(system: string): Pick<Conversation, 'mode' | 'folder'> {
  const folder = /^\s*-?\s*(?:Primary )?working directory:\s*(\S.*?)\s*$/im.exec(system)?.[1];
  return {
    mode: /plan mode is active/i.test(system) ? 'plan' : 'agent',
    ...(folder === undefined ? {} : { folder }),
  };
}
