/** Claude Code wants a UUID, and ours is one behind a prefix. */
export const sessionIdOf = (threadId: string): string => threadId.replace(/^agent-/, '');
