import { randomBytes, randomUUID } from 'node:crypto';

export type AgentId = `bc-${string}`;
export type RunId = `run-${string}`;

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const agentIdShape = new RegExp(`^bc-${uuid}$`, 'i');

export const mintAgentId = (): AgentId => `bc-${randomUUID()}`;
export const mintRunId = (): RunId => `run-${randomUUID()}`;

/** Four hex digits, as at the end of Cursor's automatic branch names. */
export const mintBranchSuffix = (): string => randomBytes(2).toString('hex');

export const isAgentId = (text: string): text is AgentId => agentIdShape.test(text);

/** Words of a title joined by dashes, short enough for a branch or a file name; never empty. */
export function slugOf(title: string, fallback = 'agent'): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return slug === '' ? fallback : slug;
}
