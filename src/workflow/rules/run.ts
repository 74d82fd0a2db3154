import { agentsIn } from '../placement.ts';
import { type Problem, problem } from '../problem.ts';
import type { KnownProviders } from '../providers.ts';
import { readRepositoryUrl } from '../repository-url.ts';
import type { RunMode } from '../schema/settings.ts';
import type { Workflow } from '../schema.ts';
import { providerProblems } from './providers.ts';

/** Values of a run that override the workflow. */
export type RunConditions = {
  readonly mode?: RunMode;
  /** The targets of this run. */
  readonly repositories?: readonly {
    readonly url: string;
    readonly startingRef?: string | undefined;
    readonly prUrl?: string | undefined;
  }[];
  /** The token budget of this run. */
  readonly tokenBudget?: number;
  /** Whether this run opens pull requests. */
  readonly autoCreatePr?: boolean;
  /** The rehearsal cloud can also reach repositories on this machine. Absent if unknown. */
  readonly backend?: 'cursor' | 'rehearsal';
  /** The providers of this machine. Absent if unknown. */
  readonly providers?: KnownProviders;
};

/** Problems that prevent a run of a valid workflow under these conditions. */
export function runProblems(workflow: Workflow, conditions: RunConditions): Problem[] {
  const problems = providerProblems(workflow, conditions.providers);
  // Only agents in the cloud need a repository.
  if (!isForCloud(workflow)) return problems;
  // Reported only before a run, because they would be noise while the document is edited.
  const notices = conditions.mode === undefined ? [] : fileNotice(workflow);
  return [...problems, ...targetProblems(workflow, conditions), ...notices];
}

const isForCloud = (workflow: Workflow): boolean =>
  workflow.agents.length === 0
    ? workflow.settings.runMode === 'cloud'
    : agentsIn('cloud', workflow).length > 0;

function needsRepository({ settings: { cloud } }: Workflow, repositoryCount: number): boolean {
  const hasOwnRepositories = cloud.env?.type === 'cloud' && cloud.env.name !== undefined;
  return repositoryCount === 0 && !hasOwnRepositories && !cloud.allowNoRepository;
}

const repositoryMissing = problem(
  'error',
  'repository_missing',
  ['settings', 'cloud', 'repos'],
  'A cloud run needs a repository to work on, but the workflow names none.',
  'Add one under Settings, Workflow, Repository targets, or, on the command line, with --repo URL. If the agents need no repository, set "allowNoRepository" to true.',
);

function targetProblems(workflow: Workflow, conditions: RunConditions): Problem[] {
  const { cloud } = workflow.settings;
  const repositories = conditions.repositories ?? cloud.repos;
  const path = ['settings', 'cloud', 'repos'];
  if (needsRepository(workflow, repositories.length)) return [repositoryMissing];
  if (conditions.backend === 'rehearsal') return [];
  return repositories.flatMap(({ url }, index) =>
    readRepositoryUrl(url).kind !== 'local'
      ? []
      : [
          problem(
            conditions.backend === undefined ? 'warning' : 'error',
            'repository_out_of_reach',
            conditions.repositories === undefined ? [...path, index, 'url'] : [],
            `Cursor's cloud cannot reach ${url}.`,
            'Use the https address of the repository on its host, or run the workflow on the rehearsal cloud.',
          ),
        ],
  );
}

function fileNotice(workflow: Workflow): Problem[] {
  const index = workflow.agents.findIndex(
    (agent) => agent.inputFiles.length > 0 || agent.outputFiles.length > 0,
  );
  if (index === -1) return [];
  return [
    problem(
      'notice',
      'file_tracking_off',
      ['agents', index],
      'In cloud mode, declared files determine the order of agents, but changes to files on this machine are not tracked.',
    ),
  ];
}
