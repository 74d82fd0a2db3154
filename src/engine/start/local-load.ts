import { formatSize, plural } from '../../lib/format.ts';
import { permissionsOf } from '../../workflow/permissions.ts';
import { agentsIn, CURSOR_PROVIDER, providerOf } from '../../workflow/placement.ts';
import { type Problem, problem } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** The default number of concurrent agents on this machine, each of which needs memory and a core. */
export const DEFAULT_LOCAL_AGENTS = 4;

/** The memory of an agent's process after a turn with tools (`npm run bench local`: 200 MiB), with a margin. */
const AGENT_MEMORY_BYTES = 250_000_000;

/** Concurrent agents of a run on this machine and their memory, without the commands that they run. */
export type LocalLoad = { readonly agentsAtOnce: number; readonly memoryBytes: number };

export function localLoad(workflow: Workflow): LocalLoad {
  const { isolation, maxConcurrentAgents = DEFAULT_LOCAL_AGENTS } = workflow.settings.local;
  const maxAtOnce = isolation === 'in-place' ? 1 : maxConcurrentAgents;
  const agentsAtOnce = Math.min(maxAtOnce, agentsIn('local', workflow).length);
  return { agentsAtOnce, memoryBytes: agentsAtOnce * AGENT_MEMORY_BYTES };
}

/** `freeBytes`: null if the system does not report available memory. */
export function memoryProblems(
  { agentsAtOnce, memoryBytes }: LocalLoad,
  freeBytes: number | null,
): Problem[] {
  if (freeBytes === null || memoryBytes <= freeBytes) return [];
  const agents = plural(agentsAtOnce, 'agent');
  return [
    problem(
      'warning',
      'memory_short',
      ['settings', 'local', 'maxConcurrentAgents'],
      `${agents} at the same time ${agentsAtOnce === 1 ? 'needs' : 'need'} about ${formatSize(memoryBytes)} of memory, and this machine has ${formatSize(freeBytes)} free.`,
      'Close other programs, or let fewer agents run at the same time.',
    ),
  ];
}

/** Cursor's sandbox rejects all calls to MCP servers, which agents would notice only during the run. */
export function sandboxedServerProblems(workflow: Workflow, isInSandbox: boolean): Problem[] {
  const { settings } = workflow;
  if (!isInSandbox || settings.mcpServers.length === 0) return [];
  if (permissionsOf(settings).mcp === 'deny' || !hasCursorAgents(workflow)) return [];
  return [
    problem(
      'warning',
      'mcp_in_sandbox',
      ['settings', 'mcpServers'],
      "Cursor's sandbox rejects calls to MCP servers, so agents on this machine cannot use those of the workflow.",
      'Set the permission "filesystemWrite" to "allow", or remove the servers.',
    ),
  ];
}

const hasCursorAgents = (workflow: Workflow): boolean =>
  agentsIn('local', workflow).some(
    (agent) => providerOf(agent, workflow.settings) === CURSOR_PROVIDER,
  );
