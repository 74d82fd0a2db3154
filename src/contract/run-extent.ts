import { formatUsd, plural } from '../lib/format.ts';

export type SpendingLimits = { readonly usd: number | null; readonly tokens: number | null };

/** The maximum extent of a run, as reported by preflight and `validate`. */
export type RunExtent = {
  readonly agents: number;
  readonly activations: number;
  readonly pullRequests: number;
  readonly budget?: SpendingLimits | null | undefined;
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

/** The limits of a session before it starts, for example "$5.00 or 200,000 tokens". */
export function formatLimits({ usd, tokens }: SpendingLimits): string {
  const parts = [
    usd === null ? null : formatUsd(usd),
    tokens === null
      ? null
      : `${tokens.toLocaleString('en-US')} ${tokens === 1 ? 'token' : 'tokens'}`,
  ];
  return parts.filter((part) => part !== null).join(' or ');
}
