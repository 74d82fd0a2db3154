import { join } from 'node:path';
import { claimName, safeName } from './safe-name.ts';

const PREFIX_LENGTH = 8;

/** The folder of a session's artifacts: `<home>/cloud-artifacts/<first 8 characters of its id>`. */
export function sessionDirectory(home: string, sessionId: string): string {
  return join(home, 'cloud-artifacts', prefixOf(sessionId.replace(/^s_/, '')));
}

/**
 * The folder of each agent's artifacts. Pass all agents of the session in the workflow's order: agents whose ids
 * have the same prefix get separate folders (`research`, `research~2`), always the same ones.
 */
export function agentDirectories<Id extends string>(
  home: string,
  sessionId: string,
  agentIds: readonly Id[],
): Map<Id, string> {
  const root = sessionDirectory(home, sessionId);
  const taken = new Set<string>();
  return new Map(agentIds.map((id) => [id, join(root, claimName(prefixOf(id), taken))]));
}

function prefixOf(id: string): string {
  return safeName([...id].slice(0, PREFIX_LENGTH).join(''));
}
