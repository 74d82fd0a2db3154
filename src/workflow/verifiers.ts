import type { AgentId } from './ids.ts';
import type { Agent, Workflow } from './schema.ts';

/** Roles that verify the work of others. */
const verifierRoles: ReadonlySet<string> = new Set(['reviewer', 'tester', 'verifier']);

/** The agents whose verdict decides in Loop & Enhance whether a round was successful: the named ones, otherwise by role. */
export function verifiersOf({
  agents,
  settings,
}: Pick<Workflow, 'agents' | 'settings'>): readonly Agent[] {
  const { enabled, verifiers } = settings.loopAndEnhance;
  if (!enabled) return [];
  const named: ReadonlySet<AgentId> | null = verifiers === undefined ? null : new Set(verifiers);
  return agents.filter(({ id, role }) =>
    named === null ? verifierRoles.has(role.trim().toLowerCase()) : named.has(id),
  );
}
