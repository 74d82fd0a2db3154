import { CURSOR_PROVIDER, providerOf } from '../../workflow/placement.ts';
import type { ProblemPath } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** Someone who works in a run, as far as its provider and its model are concerned. */
export type Worker = {
  /** As a sentence begins: `"Build"`, or the planner. */
  readonly who: string;
  /** What stands for its provider in the document, or in the library. */
  readonly reference: string;
  /** Absent: the provider's default. */
  readonly model: string | undefined;
  readonly providerPath: ProblemPath;
  readonly modelPath: ProblemPath;
};

/** The agents of a workflow, and the planner where Loop & Enhance is on. */
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
