import { agentsIn, CURSOR_PROVIDER, providerOf } from '../placement.ts';
import { type Problem, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';

/** Settings fit the run modes of the agents. */
export function placementProblems(workflow: Workflow): Problem[] {
  return [
    ...cloudModeProblems(workflow),
    ...cloudProviderProblems(workflow),
    ...pullRequestProblems(workflow),
  ];
}

/** Asked for the cloud, a run must not quietly take place on this machine. */
function cloudModeProblems({ agents, settings }: Workflow): Problem[] {
  const isOfSome = agents.some((agent) => agent.runMode === undefined);
  if (settings.runMode !== 'cloud' || !isOfSome) return [];
  if (agents.some((agent) => providerOf(agent, settings) === CURSOR_PROVIDER)) return [];
  return [
    problem(
      'error',
      'run_mode_needs_cursor_agent',
      ['settings', 'runMode'],
      'The run mode is "cloud", but only Cursor Agent has a cloud, and no agent uses it.',
      `Set the run mode to "local", or the provider to "${CURSOR_PROVIDER}".`,
    ),
  ];
}

function cloudProviderProblems({ agents, settings }: Workflow): Problem[] {
  return agents.flatMap((agent, index) => {
    const providerId = providerOf(agent, settings);
    if (agent.runMode !== 'cloud' || providerId === CURSOR_PROVIDER) return [];
    return problem(
      'error',
      'run_mode_needs_cursor_agent',
      ['agents', index, 'runMode'],
      `"${agent.name}" is set to run in the cloud, but its provider "${providerId}" only runs on this machine.`,
      `Remove "runMode", or set the provider of the agent to "${CURSOR_PROVIDER}".`,
    );
  });
}

function pullRequestProblems(workflow: Workflow): Problem[] {
  if (!workflow.settings.cloud.autoCreatePR || agentsIn('cloud', workflow).length > 0) return [];
  return [
    problem(
      'warning',
      'option_without_effect',
      ['settings', 'cloud', 'autoCreatePR'],
      'Auto-create PR has no effect, because no agent runs in the cloud.',
      'Turn it off. Local agents leave their changes on branches that you can push.',
    ),
  ];
}
