import type { ProviderView } from '../../contract/providers.ts';
import { cardHeight, cardWidth } from '../../workflow/edit/columns.ts';
import { providerOf, runModeOf, withDefaultProvider } from '../../workflow/placement.ts';
import type { RunMode } from '../../workflow/schema/settings.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { openExecution } from '../kernel/route.ts';
import { findProvider } from '../providers/use-providers.ts';
import type { AgentNode } from './agent-card.tsx';
import type { CanvasContent } from './edges.ts';
import { problemsAt } from './problems.ts';

export type NodeContent = Pick<CanvasContent, 'workflow' | 'problems' | 'session'> & {
  providers: readonly ProviderView[];
};

/** The agents as nodes of React Flow. */
export function createNodes({ workflow, problems, session, providers }: NodeContent): AgentNode[] {
  const defaultProviderId = providers.find(({ isDefault }) => isDefault)?.id;
  const { settings } = withDefaultProvider(workflow, defaultProviderId);
  return workflow.agents.map((agent, index) => ({
    id: agent.id,
    type: 'agent',
    position: { x: agent.position.x, y: agent.position.y },
    // Without a size a card stays hidden until it is measured.
    initialWidth: cardWidth,
    initialHeight: cardHeight,
    ariaLabel: `Agent ${agent.name}`,
    data: {
      agent,
      otherRunMode: otherRunModeOf(agent, workflow),
      provider: otherProviderOf(agent, settings, providers),
      run: session?.agents.get(agent.id) ?? null,
      problems: problemsAt(problems, 'agents', index),
      onRun: () => openExecution(null, agent.id),
    },
  }));
}

function otherRunModeOf(agent: Agent, { settings }: Workflow): RunMode | null {
  const mode = runModeOf(agent, settings);
  return mode === settings.runMode ? null : mode;
}

/** The name of the agent's provider, if it differs from the workflow's. */
function otherProviderOf(
  agent: Agent,
  settings: Workflow['settings'],
  providers: readonly ProviderView[],
): string | null {
  const common = providerOf({}, settings);
  const reference = providerOf(agent, settings);
  const provider = findProvider(providers, reference);
  if ((provider?.id ?? reference) === (findProvider(providers, common)?.id ?? common)) return null;
  return provider?.name ?? reference;
}
