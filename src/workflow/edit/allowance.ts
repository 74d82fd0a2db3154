import { plural } from '../../lib/format.ts';
import { extentOf, maxPullRequests } from '../extent.ts';
import type { Workflow } from '../schema.ts';

/** The maximum activations and pull requests of a session, as the user is told before it starts. */
export type Allowance = {
  readonly activations: number;
  readonly pullRequests: number;
};

/** The allowance of a workflow, including the planner's activations between rounds. */
export function allowanceOf(
  workflow: Workflow,
  { mode, autoCreatePr, repositories }: SessionSettings,
): Allowance {
  const asRun = { ...workflow, settings: { ...workflow.settings, runMode: mode } };
  return {
    activations: extentOf(asRun).activations,
    pullRequests: autoCreatePr ? maxPullRequests(asRun, repositories) : 0,
  };
}

type SessionSettings = {
  readonly mode: 'cloud' | 'local';
  readonly autoCreatePr: boolean;
  readonly repositories: number;
};

/** The maximum of each amount. A workflow that became smaller does not lower what the user agreed to. */
export const highestAllowance = (allowances: readonly Allowance[]): Allowance => ({
  activations: Math.max(0, ...allowances.map(({ activations }) => activations)),
  pullRequests: Math.max(0, ...allowances.map(({ pullRequests }) => pullRequests)),
});

/** Why edits that exceed the agreed allowance need approval, in at most one sentence. */
export function reasonsForHigherAllowance(agreed: Allowance, edited: Allowance): string[] {
  const grown = [
    ...(edited.activations > agreed.activations
      ? [`start agents up to ${number(edited.activations)} times ${instead(agreed.activations)}`]
      : []),
    ...(edited.pullRequests > agreed.pullRequests
      ? [
          `open up to ${plural(edited.pullRequests, 'pull request')} ${instead(agreed.pullRequests)}`,
        ]
      : []),
  ];
  return grown.length === 0 ? [] : [`The session could ${grown.join(', and ')}.`];
}

const number = (value: number): string => value.toLocaleString('en');
const instead = (value: number): string => `instead of ${value === 0 ? 'none' : number(value)}`;
