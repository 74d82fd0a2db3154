/** Claude Code requires a UUID; thread ids are one with a prefix. */
export const sessionIdOf = (threadId: string): string => threadId.replace(/^agent-/, '');
