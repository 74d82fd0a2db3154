import { type Problem, problem } from '../problem.ts';
import type { FlowType, Workflow } from '../schema.ts';
import type { RunMode } from '../settings-schema.ts';

/**
 * What a file may ask for and this version does not carry out. Running it in another way would do the wrong thing,
 * so it is an error wherever a workflow is validated. Whatever is carried out one day goes into these two sets.
 */
const flowTypesCarriedOut: ReadonlySet<FlowType> = new Set(['always']);
const runModesCarriedOut: ReadonlySet<RunMode> = new Set(['cloud']);

export function flowTypeProblems({ connections }: Workflow): Problem[] {
  return connections.flatMap(({ id, flowType }, index) =>
    flowTypesCarriedOut.has(flowType)
      ? []
      : problem(
          'error',
          'flow_type_unsupported',
          ['connections', index, 'flowType'],
          `Connection "${id}" has the flow type "${flowType}", which this version of Cerevisor does not support.`,
          'Set it to "always", or remove the connection. With "always", the file keeps its condition, prompt and limits.',
        ),
  );
}

export function runModeProblems(mode: RunMode): Problem[] {
  return runModesCarriedOut.has(mode)
    ? []
    : [
        problem(
          'error',
          'local_mode_unavailable',
          ['settings', 'runMode'],
          'This version of Cerevisor runs workflows in the cloud only; local mode is not available.',
          'Set "runMode" to "cloud" in the settings of the workflow, or choose the cloud for this run.',
        ),
      ];
}
