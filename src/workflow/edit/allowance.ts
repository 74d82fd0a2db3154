import { plural } from '../../lib/format.ts';
import { extentOf, maxPullRequests } from '../extent.ts';
import type { Workflow } from '../schema.ts';

/** What a session can come to at most, as a person is told before it starts. */
export type Allowance = {
  readonly activations: number;
  readonly pullRequests: number;
};

/** What the workflow of a session allows, with planners between the rounds. */
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

/** The higher amount of each kind. A workflow that became smaller in between does not lower what was agreed to. */
export const highestAllowance = (allowances: readonly Allowance[]): Allowance => ({
  activations: Math.max(0, ...allowances.map(({ activations }) => activations)),
  pullRequests: Math.max(0, ...allowances.map(({ pullRequests }) => pullRequests)),
});

/** Why edits with which more can happen than a person agreed to wait for approval, in at most one sentence. */
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
