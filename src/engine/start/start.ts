import type { LocalStart, SessionEventOf } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import type { Problem } from '../../workflow/problem.ts';
import type { Outcome, StartRequest } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { failureOf } from '../failure.ts';
import { SESSION_RUNTIME } from '../session-runtime.ts';
import type { AccountMonitor } from '../supervise/account-monitor.ts';
import { asksForTrust, openConfirmations, storeConfirmations } from './confirmations.ts';
import { DEFAULT_LOCAL_AGENTS } from './local-load.ts';
import type { LocalPlan } from './local-plan.ts';
import { mcpProblems } from './mcp-problems.ts';
import { type Plan, planOf, runsIn } from './plan.ts';
import { licenseProblems, usesCursor } from './provider-problems.ts';
import { maxConcurrentAgents } from './summary.ts';

/**
 * Stores the start of a session. It is on disk when this returns. No network request is made, so starting takes
 * milliseconds even if Cursor is slow. If Cursor rejects anything, that shows in the launch.
 */
export async function startSession(
  context: EngineContext,
  request: StartRequest,
  account: Pick<AccountMonitor, 'identity' | 'refusal'>,
): Promise<Outcome<{ sessionId: SessionId }>> {
  const { sessionId: requestedId } = request;
  const backend = context.runtime(SESSION_RUNTIME).backend;
  const plan = await planOf(request, backend.kind, context);
  const refusal = usesCursor(plan) ? await account.refusal() : null;
  const unusable = await unusableServers(context, plan, request);
  // No await after this: the second of two requests with the same session id finds the session.
  if (requestedId !== undefined && context.journal.state(requestedId) !== undefined) {
    return { ok: true, value: { sessionId: requestedId } };
  }
  if (refusal !== null) return { ok: false, error: failureOf(refusal) };
  const license = context.mayStartCloudRuns();
  if (runsIn('cloud', plan) && !license.ok) return { ok: false, error: license.error };
  if (plan.workflow === null || !plan.isRunnable) return refused(plan);
  const [unlicensed] = licenseProblems(context, plan);
  if (unlicensed !== undefined) {
    const { code, message, suggestion } = unlicensed;
    const advice = suggestion === undefined ? {} : { suggestion };
    return { ok: false, error: { code, message, ...advice } };
  }
  const [confirmation] = openConfirmations(context, plan, request);
  if (confirmation !== undefined) {
    return {
      ok: false,
      error: {
        code: 'confirmation_needed',
        message: confirmation.message,
        suggestion: 'Confirm it, or change the workflow so that no confirmation is needed.',
      },
    };
  }
  if (unusable.length > 0) return refused({ problems: unusable });
  const sessionId = requestedId ?? context.ids.session();
  const event = sessionStarted(plan, plan.workflow, request, backend, account.identity);
  const result = context.journal.append(sessionId, [event]);
  if (!result.ok) throw new Error(result.refusal);
  storeConfirmations(context, plan, request);
  return { ok: true, value: { sessionId } };
}

/** Problems of MCP servers, if this request confirms that the workflow is trusted. They could not be checked before. */
async function unusableServers(
  context: EngineContext,
  plan: Plan,
  request: StartRequest,
): Promise<Problem[]> {
  if (!asksForTrust(context, plan, {}) || asksForTrust(context, plan, request)) return [];
  const problems = await mcpProblems(context, plan, true);
  return problems.filter(({ severity }) => severity === 'error');
}

function refused(plan: Pick<Plan, 'problems'>): Outcome<never> {
  const errors = plan.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return {
    ok: false,
    error: {
      code: 'preflight_failed',
      message: `The workflow cannot run: ${first?.message ?? 'it is not valid.'}${more}`,
      suggestion: first?.suggestion ?? 'Correct the problems, then run it again.',
      problems: plan.problems,
    },
  };
}

function sessionStarted(
  plan: Plan,
  workflow: NonNullable<Plan['workflow']>,
  request: StartRequest,
  backend: SessionEventOf<'SessionStarted'>['backend'],
  accountId: string | null,
): SessionEventOf<'SessionStarted'> {
  const { cloud } = workflow.settings;
  const only = workflow.agents[0]?.id;
  return {
    type: 'SessionStarted',
    workflow,
    mode: plan.mode,
    backend: { kind: backend.kind, url: backend.url },
    repositories: [...plan.repositories],
    autoCreatePr: plan.autoCreatePr,
    maxConcurrentAgents: maxConcurrentAgents(plan),
    maxAttempts: cloud.maxAttempts,
    ...(request.workflowPath === undefined ? {} : { workflowPath: request.workflowPath }),
    ...(request.input === undefined ? {} : { input: request.input }),
    ...(plan.budget === null ? {} : { budget: plan.budget }),
    ...(accountId === null ? {} : { accountId }),
    ...(plan.local === null ? {} : { local: localStart(workflow, plan.local) }),
    ...(plan.providers === null ? {} : { providers: plan.providers }),
    ...(plan.onlyAgentId === null || only === undefined ? {} : { onlyAgentId: only }),
  };
}

function localStart(
  { settings }: NonNullable<Plan['workflow']>,
  { folder, sandbox, pushTo, clone }: LocalPlan,
): LocalStart {
  const { isolation, carryUncommitted, setup, copy } = settings.local;
  const { maxConcurrentAgents = DEFAULT_LOCAL_AGENTS, maxAttempts = 1 } = settings.local;
  return {
    folder: folder.folder,
    isRepository: folder.facts.kind === 'repository',
    isolation,
    carryUncommitted,
    setup: [...setup],
    copy: [...copy],
    sandbox,
    maxConcurrentAgents: isolation === 'in-place' ? 1 : maxConcurrentAgents,
    maxAttempts,
    ...(clone === null ? {} : { clone: { ...clone } }),
    ...(pushTo === null ? {} : { pushTo: { ...pushTo } }),
  };
}
