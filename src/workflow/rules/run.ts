import { type Problem, type ProblemSeverity, problem } from '../problem.ts';
import { readRepositoryUrl } from '../repository-url.ts';
import type { Workflow } from '../schema.ts';
import type { RunMode } from '../settings-schema.ts';

/** The one provider that can run whole agents in a cloud. */
export const CURSOR_PROVIDER = 'cursor-agent';

export type RunConditions = {
  readonly mode: RunMode;
  /** The targets of this run; those of the workflow when absent. */
  readonly repositories?: readonly {
    readonly url: string;
    readonly startingRef?: string | undefined;
  }[];
  /** The rehearsal cloud also reaches repositories on this machine. Default: Cursor itself. */
  readonly backend?: 'cursor' | 'rehearsal';
  /** Whether this build can run agents on this machine. Default: no. */
  readonly isLocalModeAvailable?: boolean;
};

/** What stands between a sound workflow and this run of it. */
export function runProblems(workflow: Workflow, conditions: RunConditions): Problem[] {
  if (conditions.mode === 'cloud')
    return [
      ...providerProblems(workflow),
      ...targetProblems(workflow, conditions),
      ...fileNotice(workflow),
    ];
  if (conditions.isLocalModeAvailable) return providerProblems(workflow);
  return [localModeProblem('error')];
}

/**
 * What the document's own run mode asks for before anybody runs it. A run may still bring what is missing, so that
 * is no error yet.
 */
export function ownModeProblems(workflow: Workflow): Problem[] {
  const { runMode, cloud } = workflow.settings;
  if (runMode === 'local') return [localModeProblem('notice')];
  return [
    ...providerProblems(workflow),
    ...(needsRepository(workflow, cloud.repos.length) ? [repositoryMissing('warning')] : []),
  ];
}

const localModeProblem = (severity: ProblemSeverity): Problem =>
  problem(
    severity,
    'local_mode_unavailable',
    ['settings', 'runMode'],
    'This version of Cerevisor runs workflows in the cloud only; local mode is not available.',
    'Choose cloud mode, or run with --mode cloud.',
  );

function needsRepository({ settings: { cloud } }: Workflow, repositoryCount: number): boolean {
  const bringsOwn = cloud.env?.type === 'cloud' && cloud.env.name !== undefined;
  return repositoryCount === 0 && !bringsOwn && !cloud.allowNoRepository;
}

const repositoryMissing = (severity: ProblemSeverity): Problem =>
  problem(
    severity,
    'repository_missing',
    ['settings', 'cloud', 'repos'],
    'A cloud run needs a repository to work in, and the workflow names none.',
    'Add one under Settings, Workflow, Repository targets, or run with --repo URL. Agents that need none: set "allowNoRepository" to true.',
  );

function providerProblems(workflow: Workflow): Problem[] {
  const { providerId } = workflow.settings;
  const found: Problem[] = [];
  if (providerId !== CURSOR_PROVIDER)
    found.push(
      problem(
        'error',
        'provider_unsupported',
        ['settings', 'providerId'],
        `The provider "${providerId}" cannot run this workflow; only Cursor Agent can.`,
        `Set the provider to "${CURSOR_PROVIDER}".`,
      ),
    );
  for (const [index, agent] of workflow.agents.entries())
    if (agent.providerId !== undefined && agent.providerId !== CURSOR_PROVIDER)
      found.push(
        problem(
          'error',
          'provider_unsupported',
          ['agents', index, 'providerId'],
          `"${agent.name}" asks for the provider "${agent.providerId}"; only Cursor Agent can run it.`,
          'Let the agent inherit the provider of the workflow.',
        ),
      );
  return found;
}

function targetProblems(workflow: Workflow, conditions: RunConditions): Problem[] {
  const { cloud } = workflow.settings;
  const repositories = conditions.repositories ?? cloud.repos;
  const path = ['settings', 'cloud', 'repos'];
  if (needsRepository(workflow, repositories.length)) return [repositoryMissing('error')];
  if (conditions.backend === 'rehearsal') return [];
  return repositories.flatMap(({ url }, index) =>
    readRepositoryUrl(url).kind !== 'local'
      ? []
      : [
          problem(
            'error',
            'repository_out_of_reach',
            conditions.repositories === undefined ? [...path, index, 'url'] : [],
            `Cursor's cloud cannot reach ${url}.`,
            'Use the https address of the repository on its host, or rehearse the workflow.',
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
      'In cloud mode declared files order the agents, but changes of files on this machine are not tracked.',
    ),
  ];
}
