import { createHash } from 'node:crypto';
import type { WorkspaceRequest } from '../workspace-port.ts';

type AttemptIdentity = Pick<WorkspaceRequest, 'sessionId' | 'agentId' | 'agentName' | 'attempt'>;

/** Identifies an attempt: the same for all of its requests. */
export const attemptKey = ({ sessionId, agentId, agentName, attempt }: AttemptIdentity): string =>
  digest([sessionId, agentId ?? agentName, String(attempt)]);

/**
 * `cerevisor/<workflow>-<agent>-<hex>`; the suffix is derived from the attempt, so that a repeated request gives the
 * same name.
 */
export const branchName = (
  request: AttemptIdentity & Pick<WorkspaceRequest, 'workflowName'>,
): string =>
  `cerevisor/${slug(request.workflowName, 'workflow')}-${slug(request.agentName, 'agent')}-${attemptKey(request).slice(0, 8)}`;

/** The name of a worktree's folder inside the folder of its session. */
export const worktreeName = ({ agentName, attempt }: AttemptIdentity): string =>
  `${slug(agentName, 'agent')}-${attempt}`;

/** A text as part of a path or ref that is valid on every system and host. */
export function slug(text: string, fallback: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? fallback : plain;
}

export const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex');
