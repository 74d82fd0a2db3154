import { isOnThisMachine } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import type { Client } from '../../contract/client.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { isSettledSession } from '../render/status.ts';
import type { Line } from '../terminal/lines.ts';

/**
 * Warnings about the work of a session: declared files that were not created, and unresolved conflicts. Only for local
 * agents, because work in the cloud would have to be fetched first; `diff` reports it.
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
