import { isObject } from '../../lib/fields.ts';
import type { Problem, ProblemPath } from '../problem.ts';
import { workflowSchema } from '../schema.ts';
import { validateWorkflow } from '../validate.ts';
import { withPlaceholders } from './placeholders.ts';

/**
 * The problems that the rules find in a document whose shape is faulty too, so that all problems are reported at once.
 * Omits problems at the faults, and problems that may only be consequences of them.
 */
export function problemsDespiteFaults(
  document: unknown,
  faults: readonly ProblemPath[],
): Problem[] {
  if (!isObject(document)) return [];
  const read = workflowSchema.safeParse(withPlaceholders(document, faults));
  if (!read.success) return [];
  const dependent = dependentCodes(faults);
  return validateWorkflow(read.data).filter(
    ({ code, path }) => !dependent.has(code) && !faults.some((fault) => startsWith(path, fault)),
  );
}

const startsWith = (path: ProblemPath, start: ProblemPath): boolean =>
  start.every((key, index) => path[index] === key);

const orderCodes = ['output_file_conflict', 'file_dependency_cycle', 'connection_inferred'];

const branchCodes = [
  ...['condition_missing', 'condition_without_effect', 'else_without_condition', 'else_duplicate'],
];

const placementCodes = [
  ...['run_mode_needs_cursor_agent'],
  ...['repository_missing', 'repository_out_of_reach', 'option_without_effect'],
  ...['image_url_needs_cloud', 'in_place_one_at_a_time', 'mcp_server_out_of_reach'],
  ...['permission_not_enforced', 'permissions_without_effect', 'mcp_servers_denied'],
  ...['permission_rules_without_effect'],
];

function dependentCodes(faults: readonly ProblemPath[]): ReadonlySet<string> {
  const concerns = (list: string, fields: readonly string[]) =>
    faults.some(
      ([root, , field]) => root === list && (field === undefined || fields.includes(String(field))),
    );
  const codes: string[] = [];
  // The target of a connection may be the agent whose id is faulty.
  if (concerns('agents', ['id']))
    codes.push('connection_dangling', 'verifier_unknown', ...orderCodes);
  // The faulty value may determine the order of two agents.
  if (concerns('agents', ['inputFiles', 'outputFiles'])) codes.push(...orderCodes);
  if (concerns('connections', ['source', 'target'])) codes.push(...orderCodes);
  // The faulty value may be the condition of a branch or a loop.
  if (concerns('connections', ['condition', 'expression', 'isElse', 'flowType']))
    codes.push(...branchCodes);
  if (concerns('connections', ['loopCondition', 'expression', 'maxIterations', 'flowType']))
    codes.push('loop_without_exit', 'loop_without_condition');
  if (concerns('connections', ['source', 'target', 'flowType']))
    codes.push('loop_not_back', 'loops_cross', 'loops_wait_for_each_other');
  // The faulty value may determine where agents run.
  const isRunModeUnknown = faults.some(([root, key]) => root === 'settings' && key === 'runMode');
  if (isRunModeUnknown || concerns('agents', ['runMode', 'providerId']))
    codes.push(...placementCodes);
  // The faulty value may be the model that the parameters belong to.
  if (concerns('agents', ['model'])) codes.push('model_parameters_without_model');
  // Whoever sets a limit of tokens, even a wrong one, knows about it.
  const isTokenLimitFaulty = faults.some(
    ([root, group, field]) =>
      root === 'settings' &&
      ((group === 'loopAndEnhance' && field === 'budgetTokens') ||
        (group === 'budget' && field === 'tokens')),
  );
  if (isTokenLimitFaulty) codes.push('budget_not_binding');
  return new Set(codes);
}
