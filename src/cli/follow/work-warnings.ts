import { isOnThisMachine } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import type { Client } from '../../contract/client.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { isSettledSession } from '../render/words.ts';
import type { Line } from '../terminal/lines.ts';

/**
 * What is wrong with work that is there: files that were expected and not created, and conflicts that nobody resolved. Only
 * for agents on this machine: what was done in the cloud would have to be fetched first, and `diff` says it.
 */
export async function workWarnings(client: Client, view: SessionDetail): Promise<Line[]> {
  if (!isSettledSession(view.status) || !view.agents.some(hasLeftWork)) return [];
  if (!view.agents.every((agent) => agent.runtime === null || isOnThisMachine(agent))) return [];
  const [changes, { missingLines, unresolvedLines }] = await Promise.all([
    client.changes(view.id),
    import('../render/changes.ts'),
  ]);
  return [...changes.repositories.flatMap(unresolvedLines), ...missingLines(changes)];
}

const hasLeftWork = ({ branches }: AgentView): boolean =>
  branches.some(({ branch }) => branch !== undefined);
