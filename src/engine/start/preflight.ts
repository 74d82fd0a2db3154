import type { Problem } from '../../workflow/problem.ts';
import { problem } from '../../workflow/problem.ts';
import type { Preflight, StartRequest } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { SESSION_RUNTIME } from '../session-runtime.ts';
import { asksForTrust, openConfirmations } from './confirmations.ts';
import { mcpProblems } from './mcp-problems.ts';
import { modelProblems } from './model-problems.ts';
import { type Plan, planOf, runsIn } from './plan.ts';
import { licenseProblems, providerProblems, usesCursor } from './provider-problems.ts';
import { summaryOf } from './summary.ts';
import { missingValues, readVariables } from './variables.ts';

/** Everything about a run before it starts: what it would do, what prevents it, and what must be confirmed. */
export async function preflight(context: EngineContext, request: StartRequest): Promise<Preflight> {
  const plan = await planOf(request, context.runtime(SESSION_RUNTIME).backend.kind, context);
  const problems = [
    ...plan.problems,
    ...cloudLicenseProblems(context, plan),
    ...licenseProblems(context, plan),
    ...variableProblems(context, plan),
    ...(await accountProblems(context, plan)),
    ...(await providerProblems(context, plan)),
    ...(await mcpProblems(context, plan, !asksForTrust(context, plan, request))),
  ];
  return {
    canStart: !problems.some(({ severity }) => severity === 'error'),
    problems,
    summary: summaryOf(plan, context.runtime(SESSION_RUNTIME).backend.kind),
    confirmations: openConfirmations(context, plan, request),
  };
}

function cloudLicenseProblems(context: EngineContext, plan: Plan): Problem[] {
  const license = context.mayStartCloudRuns();
  if (!runsIn('cloud', plan) || license.ok) return [];
  const { code, message, suggestion } = license.error;
  return [problem('error', code, [], message, suggestion)];
}

/** Variables without a value, for which an agent would wait after the start. */
function variableProblems(context: EngineContext, plan: Plan): Problem[] {
  const names = plan.workflow?.settings.cloud.envVars ?? [];
  if (!runsIn('cloud', plan) || names.length === 0) return [];
  const failure = missingValues(readVariables(context, names));
  if (failure === null) return [];
  const path = ['settings', 'cloud', 'envVars'];
  return [problem('error', failure.code, path, failure.message, failure.suggestion)];
}

/** A rejected key, and models that the account does not have. If Cursor is unreachable, that is a warning. */
async function accountProblems(context: EngineContext, plan: Plan): Promise<Problem[]> {
  if (plan.workflow === null || plan.workflow.agents.length === 0 || !usesCursor(plan)) return [];
  const account = await context.runtime(SESSION_RUNTIME).account();
  if (!account.ok) {
    const isRefused = account.error.code === 'unauthorized' || account.error.code === 'forbidden';
    return [
      problem(
        isRefused ? 'error' : 'warning',
        isRefused ? account.error.code : 'cursor_unreachable',
        [],
        account.error.message,
        account.error.suggestion ??
          'You can start the session now; its agents wait until the cloud responds.',
      ),
    ];
  }
  return modelProblems(context, plan);
}
