import { createHash } from 'node:crypto';
import type { WorkspaceRequest } from '../workspace-port.ts';

type Whose = Pick<WorkspaceRequest, 'sessionId' | 'agentId' | 'agentName' | 'attempt'>;

/** The same for every request of one attempt, and another one for every other attempt. */
export const attemptKey = ({ sessionId, agentId, agentName, attempt }: Whose): string =>
  digest([sessionId, agentId ?? agentName, String(attempt)]);

/** `cerevisor/<workflow>-<agent>-<hex>`; the end is minted from the attempt, so that repeating finds it again. */
export const branchName = (request: Whose & Pick<WorkspaceRequest, 'workflowName'>): string =>
  `cerevisor/${slug(request.workflowName, 'workflow')}-${slug(request.agentName, 'agent')}-${attemptKey(request).slice(0, 8)}`;

/** The folder of a worktree below that of its session. */
export const worktreeName = ({ agentName, attempt }: Whose): string =>
  `${slug(agentName, 'agent')}-${attempt}`;

/** Part of a path or a ref that every system and host takes. */
export function slug(text: string, otherwise: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? otherwise : plain;
}

export const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex');
