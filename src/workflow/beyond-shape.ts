import { isObject, withPlaceholders } from './placeholders.ts';
import type { Problem, ProblemPath } from './problem.ts';
import { workflowSchema } from './schema.ts';
import { validateWorkflow } from './validate.ts';

/**
 * What the rules find wrong with a document whose shape is faulty too, so that both are told at once. Left out is
 * what may only follow from the faults: whatever stands at them, and what depends on a value that is not known.
 */
export function problemsBeyondShape(document: unknown, faults: readonly ProblemPath[]): Problem[] {
  if (!isObject(document)) return [];
  const read = workflowSchema.safeParse(withPlaceholders(document, faults));
  if (!read.success) return [];
  const mayFollow = codesThatMayFollow(faults);
  return validateWorkflow(read.data).filter(
    ({ code, path }) => !mayFollow.has(code) && !faults.some((fault) => startsWith(path, fault)),
  );
}

const startsWith = (path: ProblemPath, start: ProblemPath): boolean =>
  start.every((key, index) => path[index] === key);

const ofOrder = ['output_file_conflict', 'file_dependency_cycle', 'connection_inferred'];

const ofBranches = [
  ...['condition_missing', 'condition_without_effect', 'else_without_condition', 'else_duplicate'],
];

const ofPlace = [
  ...['run_mode_needs_cursor_agent'],
  ...['repository_missing', 'repository_out_of_reach', 'option_without_effect'],
  ...['image_url_needs_cloud', 'in_place_one_at_a_time', 'mcp_server_out_of_reach'],
  ...['permission_not_enforced', 'permissions_without_effect', 'mcp_servers_denied'],
  ...['permission_rules_without_effect'],
];

function codesThatMayFollow(faults: readonly ProblemPath[]): ReadonlySet<string> {
  const concerns = (list: string, fields: readonly string[]) =>
    faults.some(
      ([root, , field]) => root === list && (field === undefined || fields.includes(String(field))),
    );
  const codes: string[] = [];
  // The agent that a connection leads to may be the one whose id cannot be read.
  if (concerns('agents', ['id'])) codes.push('connection_dangling', 'verifier_unknown', ...ofOrder);
  // What cannot be read may be what puts two agents in order.
  if (concerns('agents', ['inputFiles', 'outputFiles'])) codes.push(...ofOrder);
  if (concerns('connections', ['source', 'target'])) codes.push(...ofOrder);
  // What cannot be read may be what a branch or a loop is decided by.
  if (concerns('connections', ['condition', 'expression', 'isElse', 'flowType']))
    codes.push(...ofBranches);
  if (concerns('connections', ['loopCondition', 'expression', 'maxIterations', 'flowType']))
    codes.push('loop_without_exit', 'loop_without_condition');
  if (concerns('connections', ['source', 'target', 'flowType']))
    codes.push('loop_not_back', 'loops_cross', 'loops_wait_for_each_other');
  // Where agents run may be what cannot be read.
  const isPlaceUnknown = faults.some(([root, key]) => root === 'settings' && key === 'runMode');
  if (isPlaceUnknown || concerns('agents', ['runMode', 'providerId'])) codes.push(...ofPlace);
  // The model that the parameters belong to may be the one that cannot be read.
  if (concerns('agents', ['model'])) codes.push('model_parameters_without_model');
  return new Set(codes);
}
