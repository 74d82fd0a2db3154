import { isInCloud, isOnThisMachine } from '../../contract/agent-location.ts';
import { capitalizedCloudName } from '../../contract/cloud-name.ts';
import type { SessionView } from '../../contract/session-views.ts';

/** What cancelling a session does, as sentences. */
export function cancellationTexts({ mode, backend, agents }: SessionView): string[] {
  const sentences: string[] = [];
  if (mode === 'local' || agents.some(isOnThisMachine))
    sentences.push(
      'All agents on this machine are stopped, with every command that they started. What they have changed so far is kept.',
    );
  if (mode === 'cloud' || agents.some(isInCloud))
    sentences.push(
      backend === 'cursor'
        ? 'All running agents in the cloud are cancelled, and their VMs at Cursor shut down. Commits that they pushed are kept.'
        : 'All running agents are cancelled on the rehearsal cloud. Commits that they pushed are kept.',
    );
  return sentences;
}

/** Who a reconnect asks for the status, at the start of a sentence. */
export const reconnectTarget = ({ mode, backend }: SessionView): string =>
  mode === 'local' ? 'This machine' : capitalizedCloudName(backend);
