import { isInCloud, isOnThisMachine } from '../../contract/agent-place.ts';
import { cloudAtStart } from '../../contract/cloud-name.ts';
import type { SessionView } from '../../contract/session-views.ts';

/** What cancelling does, in sentences. */
export function cancelWords({ mode, backend, agents }: SessionView): string[] {
  const words: string[] = [];
  if (mode === 'local' || agents.some(isOnThisMachine))
    words.push(
      'All agents on this machine are stopped, with every command that they started. What they have changed so far is kept.',
    );
  if (mode === 'cloud' || agents.some(isInCloud))
    words.push(
      backend === 'cursor'
        ? 'All running agents in the cloud are cancelled, and their VMs at Cursor shut down. Commits that they pushed are kept.'
        : 'All running agents are cancelled on the rehearsal cloud. Commits that they pushed are kept.',
    );
  return words;
}

/** Who is asked when a session is reconnected, at the beginning of a sentence. */
export const askedAtStart = ({ mode, backend }: SessionView): string =>
  mode === 'local' ? 'This machine' : cloudAtStart(backend);
