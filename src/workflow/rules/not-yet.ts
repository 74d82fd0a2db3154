import { runModeOf } from '../placement.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';
import type { RunMode } from '../settings-schema.ts';

/**
 * What a file may ask for and this version does not carry out. Running it in another way would do the wrong thing,
 * so it is an error wherever a workflow is validated. Whatever is carried out one day goes into these sets.
 */
const runModesCarriedOut: ReadonlySet<RunMode> = new Set(['cloud']);

/** `mixed-run-modes`: agents of one run in the cloud and on this machine. */
type Feature = 'mixed-run-modes' | 'loop-and-enhance';
const featuresCarriedOut: ReadonlySet<Feature> = new Set([]);

/** Run modes of the whole run, and of agents that are to run somewhere else. */
export function runModeProblems({ agents, settings }: Workflow): Problem[] {
  const found = runModesCarriedOut.has(settings.runMode)
    ? []
    : [unavailable(['settings', 'runMode'])];
  for (const [index, agent] of agents.entries()) {
    if (agent.runMode === undefined) continue;
    const path = ['agents', index, 'runMode'];
    const mode = runModeOf(agent, settings);
    if (mode === settings.runMode) continue;
    if (!runModesCarriedOut.has(mode)) found.push(unavailable(path));
    else if (!featuresCarriedOut.has('mixed-run-modes')) found.push(mixed(path, agent.name));
  }
  return found;
}

const unavailable = (path: ProblemPath): Problem =>
  problem(
    'error',
    'local_mode_unavailable',
    path,
    'This version of Cerevisor runs workflows in the cloud only; local mode is not available.',
    'Set "runMode" to "cloud" in the settings of the workflow, or choose the cloud for this run.',
  );

const mixed = (path: ProblemPath, name: string): Problem =>
  problem(
    'error',
    'mixed_run_modes_unsupported',
    path,
    `"${name}" is to run somewhere else than the workflow, which this version of Cerevisor does not support.`,
    'Remove the "runMode" of the agent.',
  );

/** What settings ask for beside the run modes. */
export function featureProblems({ settings }: Workflow): Problem[] {
  if (!settings.loopAndEnhance.enabled || featuresCarriedOut.has('loop-and-enhance')) return [];
  return [
    problem(
      'error',
      'loop_and_enhance_unsupported',
      ['settings', 'loopAndEnhance', 'enabled'],
      'Loop & Enhance is on, which this version of Cerevisor does not support.',
      'Turn it off. The file keeps its other settings.',
    ),
  ];
}
