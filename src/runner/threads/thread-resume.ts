import { resumePrompt } from './resume-prompt.ts';
import type { Thread } from './thread.ts';
import { turnOf } from './thread-state.ts';

/** Null when there is no such turn. */
export function resumePromptOf(thread: Thread, turnId: string): Promise<string | null> {
  if (turnOf(thread.state, turnId) === undefined) return Promise.resolve(null);
  return resumePrompt(thread.state, turnId, thread.log.read(0));
}
