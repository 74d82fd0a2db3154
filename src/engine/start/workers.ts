import { CURSOR_PROVIDER, providerOf } from '../../workflow/placement.ts';
import type { ProblemPath } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** An agent of a run, or the planner, with its provider and model. */
export type Worker = {
  /** The subject of a message: `"Build"`, or `The planner`. */
  readonly who: string;
  /** The name of its provider. */
  readonly reference: string;
  /** Undefined: the provider's default. */
  readonly model: string | undefined;
  readonly providerPath: ProblemPath;
  readonly modelPath: ProblemPath;
};

/** The agents of a workflow, and the planner if Loop & Enhance is on. */
export function workersOf({ agents, settings }: Workflow): Worker[] {
  const ofWorkflow = ['settings', 'providerId'];
  const workers = agents.map((agent, index): Worker => {
    const path = ['agents', index];
    return {
      who: `"${agent.name}"`,
      reference: providerOf(agent, settings),
      model: agent.model,
      providerPath: agent.providerId === undefined ? ofWorkflow : [...path, 'providerId'],
      modelPath: [...path, 'model'],
    };
  });
  const { enabled, plannerProviderId, plannerModel } = settings.loopAndEnhance;
  if (!enabled) return workers;
  const path = ['settings', 'loopAndEnhance'];
  const planner: Worker = {
    who: 'The planner',
    reference: plannerProviderId ?? providerOf({}, settings),
    model: plannerModel,
    providerPath: plannerProviderId === undefined ? ofWorkflow : [...path, 'plannerProviderId'],
    modelPath: [...path, 'plannerModel'],
  };
  return [...workers, planner];
}

export const isCursorProvider = (reference: string): boolean => reference === CURSOR_PROVIDER;
