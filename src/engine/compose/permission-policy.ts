import { homedir } from 'node:os';
import type {
  PermissionPolicy,
  PermissionRule,
  ToolCategory,
} from '../../permissions/tool-request.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { runtimeOf } from '../../session/run-location.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { permissionsOf } from '../../workflow/permissions.ts';
import type { RuleCategory } from '../../workflow/schema/local-settings.ts';
import type { WorkflowSettings } from '../../workflow/schema/settings.ts';
import type { EngineContext } from '../context.ts';
import { rulesForWorkflow } from '../permission-rules.ts';

/** What the tools of an agent may do, for runtimes that ask before each call. */
export function permissionsFor(
  context: EngineContext,
  state: SessionState,
  agentId: AgentId,
): Pick<SessionEventOf<'LaunchIntended'>, 'permissions'> {
  const { capabilities } = context.runtime(runtimeOf(state, agentId));
  if (!capabilities.toolRequests) return {};
  const { rules, ...policy } = policyOf(context, state);
  return { permissions: { ...policy, rules: [...rules] } };
}

/** The workflow's permissions and rules, with the user's answers that apply to more than one call. */
export function policyOf(context: EngineContext, state: SessionState): PermissionPolicy {
  const own = workflowPolicy(state.workflow.settings);
  const folder = state.local?.folder ?? null;
  const storedRules = folder === null ? [] : rulesForWorkflow(context, state.workflow.id, folder);
  return { ...own, rules: [...own.rules, ...storedRules, ...(state.toolRules ?? [])] };
}

function workflowPolicy(
  settings: Pick<WorkflowSettings, 'local' | 'permissions'>,
): PermissionPolicy {
  const rules = settings.permissions.rules.map(
    ({ category, pattern, decision }): PermissionRule => ({
      category: categories[category],
      pattern: withHome(pattern),
      decision,
    }),
  );
  return { ...permissionsOf(settings), rules };
}

const categories: Readonly<Record<RuleCategory, ToolCategory>> = {
  filesystemWrite: 'filesystem-write',
  execution: 'execution',
  network: 'network',
  mcp: 'mcp',
  read: 'read',
};

const withHome = (pattern: string): string =>
  pattern.startsWith('~/') ? `${homedir()}${pattern.slice(1)}` : pattern;
