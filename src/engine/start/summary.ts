import { listOf } from '../../lib/format.ts';
import { extentOf } from '../../workflow/extent.ts';
import { wavesOf } from '../../workflow/graph.ts';
import { providerOf, runModeOf } from '../../workflow/placement.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import type { LocalSummary, Preflight } from '../api.ts';
import { agentPermissions, enforcementOf } from './enforcement.ts';
import { DEFAULT_LOCAL_AGENTS, localLoad } from './local-load.ts';
import type { LocalPlan } from './local-plan.ts';
import { DEFAULT_CONCURRENT_AGENTS, type Plan, pullRequestCount, runsIn } from './plan.ts';
import { usesCursor } from './provider-problems.ts';
import { isCursorProvider, workersOf } from './workers.ts';

const costNotes = {
  cursor:
    'Billed by your Cursor subscription. Cursor does not report the price of a run in advance.',
  rehearsal: 'The rehearsal cloud costs nothing.',
} as const;

const CLOUD_LIMITATIONS = [
  'Agents do not see uncommitted changes on this machine, because they clone the repositories.',
  'Changes to declared files are not tracked between this machine and the cloud.',
  "Cerevisor's own MCP servers are not used; the cloud connects the servers that the workflow or your dashboard names.",
  'There are no permission prompts while agents run.',
];

/** What a run would do, as the user reads it before starting. Null if the document is not a workflow. */
export function summaryOf(plan: Plan, backend: keyof typeof costNotes): Preflight['summary'] {
  const { workflow, local } = plan;
  if (workflow === null) return null;
  const { settings } = workflow;
  const { activations, activationsByAgent, ...flow } = extentOf(workflow);
  const agents = new Map(workflow.agents.map((agent) => [agent.id, agent]));
  return {
    agents: workflow.agents.length,
    waves: wavesOf(workflow).map((wave) =>
      wave.map((id) => {
        const agent = agents.get(id);
        const mode = agent === undefined ? plan.mode : runModeOf(agent, settings);
        const activations = activationsByAgent.get(id) ?? 1;
        return { id, name: agent?.name ?? id, mode, activations, ...providerOfAgent(plan, agent) };
      }),
    ),
    activations,
    flow,
    mode: plan.mode,
    repositories: runsIn('cloud', plan) ? plan.repositories : [],
    pullRequests: pullRequestCount(plan),
    maxConcurrentAgents: maxConcurrentAgents(plan),
    budget: plan.budget,
    costUsd: 0,
    costNote: costNote(plan, backend),
    limitations: runsIn('cloud', plan) ? CLOUD_LIMITATIONS : [],
    local: local === null ? null : localSummary(workflow, local),
  };
}

function providerOfAgent(
  { workflow, providers }: Plan,
  agent: Agent | undefined,
): Pick<NonNullable<Preflight['summary']>['waves'][number][number], 'provider' | 'model'> {
  const choice =
    workflow === null || agent === undefined
      ? undefined
      : providers?.choices[providerOf(agent, workflow.settings)];
  return {
    provider: choice === undefined ? null : { id: choice.id, name: choice.name },
    model: agent?.model ?? choice?.model ?? null,
  };
}

/** Cursor bills by subscription; other providers bill tokens to the user's key. */
function costNote(plan: Plan, backend: keyof typeof costNotes): string {
  const workers = plan.workflow === null ? [] : workersOf(plan.workflow);
  const others = new Set(
    workers.flatMap(({ reference }) => {
      const choice = plan.providers?.choices[reference];
      return choice === undefined || isCursorProvider(choice.id) ? [] : [choice.name];
    }),
  );
  if (others.size === 0 || backend === 'rehearsal') return costNotes[backend];
  const names = listOf([...others]);
  const theirs = `${names} ${others.size === 1 ? 'bills' : 'bill'} the tokens of their agents to your key.`;
  return usesCursor(plan) ? `${costNotes[backend]} ${theirs}` : theirs;
}

/** How many agents of the session may run at the same time, in all locations. */
export function maxConcurrentAgents(plan: Plan): number {
  const { cloud, local } = plan.workflow?.settings ?? {};
  const inCloud = cloud?.maxConcurrentAgents ?? DEFAULT_CONCURRENT_AGENTS;
  const here =
    local?.isolation === 'in-place' ? 1 : (local?.maxConcurrentAgents ?? DEFAULT_LOCAL_AGENTS);
  if (!runsIn('local', plan)) return inCloud;
  return runsIn('cloud', plan) ? inCloud + here : here;
}

function localSummary(workflow: Workflow, plan: LocalPlan): LocalSummary {
  const { isolation, setup, copy, carryUncommitted } = workflow.settings.local;
  const { folder, facts, source } = plan.folder;
  const isRepository = facts.kind === 'repository';
  return {
    folder,
    folderSource: source,
    branch: isRepository ? facts.branch : null,
    uncommittedFiles: isRepository ? facts.uncommittedFiles : 0,
    carriesUncommitted: isRepository && isolation === 'worktree' && carryUncommitted,
    isolation,
    ...localLoad(workflow),
    setup,
    copy,
    sandbox: plan.sandbox,
    enforcement: enforcementOf(workflow, plan),
    permissions: agentPermissions(workflow, plan),
    permissionRules: workflow.settings.permissions.rules.length,
    pushTo: plan.pushTo?.remoteUrl ?? null,
  };
}
