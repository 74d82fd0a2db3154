import { plural } from '../lib/format.ts';

/** The maximum extent of a run, as reported by preflight and `validate`. */
export type RunExtent = {
  readonly agents: number;
  readonly activations: number;
  readonly pullRequests: number;
  readonly flow: {
    readonly loops: number;
    readonly conditions: number;
    readonly gates: number;
    readonly plans: number;
    readonly workflowRounds: number;
  };
};

/** The maximum number of activations, and the reasons; null if every agent works exactly once without questions. */
export function summarizeExtent({
  agents,
  activations,
  flow,
}: RunExtent): { readonly most: number; readonly because: string } | null {
  const parts = [
    flow.workflowRounds > 1 && `up to ${plural(flow.workflowRounds, 'round')} of Loop & Enhance`,
    flow.loops > 0 && plural(flow.loops, 'loop'),
    flow.conditions > 0 && plural(flow.conditions, 'conditional connection'),
    flow.gates > 0 && plural(flow.gates, 'approval gate'),
    flow.plans > 0 && `${plural(flow.plans, 'plan')} to approve`,
  ].filter((part) => part !== false);
  if (parts.length === 0 && activations === agents) return null;
  return { most: activations, because: parts.join(', ') };
}
