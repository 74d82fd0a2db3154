import { formatSize, plural } from '../../lib/format.ts';
import { canAskForPermission, permissionsOf } from '../../workflow/permissions.ts';
import { agentsIn, CURSOR_PROVIDER, providerOf } from '../../workflow/placement.ts';
import { type Problem, problem } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** The default number of concurrent agents on this machine, each of which needs memory and a core. */
export const DEFAULT_LOCAL_AGENTS = 4;

/** The memory of an agent's process after a turn with tools (`npm run bench local`: 200 MiB), with a margin. */
const AGENT_MEMORY_BYTES = 250_000_000;

export type LocalLoad = {
  /** The maximum number of agents of a run that work on this machine at the same time. */
  readonly agentsAtOnce: number;
  /**
   * The maximum number of further agents that wait for a permission meanwhile: their processes keep their memory, but do
   * not occupy a slot.
   */
  readonly waitingAgents: number;
  /** What all of them use, without the commands that they run. */
  readonly memoryBytes: number;
};

export function localLoad(workflow: Workflow): LocalLoad {
  const { isolation, maxConcurrentAgents = DEFAULT_LOCAL_AGENTS } = workflow.settings.local;
  const maxAtOnce = isolation === 'in-place' ? 1 : maxConcurrentAgents;
  const agents = agentsIn('local', workflow).length;
  const agentsAtOnce = Math.min(maxAtOnce, agents);
  // In place, an agent that waits keeps the folder, so no other agent starts.
  const maxWaiting = isolation === 'in-place' ? 0 : Math.min(maxAtOnce, askingAgents(workflow));
  const waitingAgents = Math.min(maxWaiting, agents - agentsAtOnce);
  const memoryBytes = (agentsAtOnce + waitingAgents) * AGENT_MEMORY_BYTES;
  return { agentsAtOnce, waitingAgents, memoryBytes };
}

/** The number of agents that may ask for a permission during the run. */
function askingAgents(workflow: Workflow): number {
  const { settings } = workflow;
  if (!Object.values(permissionsOf(settings)).includes('ask')) return 0;
  return agentsIn('local', workflow).filter((agent) => canAskForPermission(agent, settings)).length;
}

/** `freeBytes`: null if the system does not report available memory. */
export function memoryProblems(
  { agentsAtOnce, waitingAgents, memoryBytes }: LocalLoad,
  freeBytes: number | null,
): Problem[] {
  if (freeBytes === null || memoryBytes <= freeBytes) return [];
  const agents = plural(agentsAtOnce, 'agent');
  const isOne = agentsAtOnce === 1 && waitingAgents === 0;
  const waiting = waitingAgents === 0 ? '' : `, and ${waitingAgents} waiting for a permission,`;
  return [
    problem(
      'warning',
      'memory_short',
      ['settings', 'local', 'maxConcurrentAgents'],
      `${agents} at the same time${waiting} ${isOne ? 'needs' : 'need'} about ${formatSize(memoryBytes)} of memory, and this machine has ${formatSize(freeBytes)} free.`,
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
