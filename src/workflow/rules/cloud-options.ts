import { wavesOf } from '../graph.ts';
import { type Problem, problem } from '../problem.ts';
import { readRepositoryUrl } from '../repository-url.ts';
import type { RepositoryTarget } from '../schema/settings.ts';
import type { Workflow } from '../schema.ts';

/** Cursor's limits. */
const MAX_VARIABLES = 50;
const MAX_NAME_BYTES = 255;

const cloudPath = ['settings', 'cloud'] as const;

/** Options for pushes, pull requests and variables that Cursor would reject or ignore. */
export function cloudOptionProblems(workflow: Workflow): Problem[] {
  return [
    ...branchProblems(workflow),
    ...pullRequestProblems(workflow),
    ...variableProblems(workflow.settings.cloud.envVars ?? []),
    ...workflow.settings.cloud.repos.flatMap(pullRequestAddressProblems),
  ];
}

function branchProblems(workflow: Workflow): Problem[] {
  const { cloud } = workflow.settings;
  if (cloud.workOnCurrentBranch !== true) return [];
  const path = [...cloudPath, 'workOnCurrentBranch'];
  const problems: Problem[] = [];
  if (cloud.autoCreatePR)
    problems.push(
      problem(
        'error',
        'current_branch_with_pull_request',
        path,
        'Agents that push to the branch they start from cannot open pull requests.',
        'Turn off "workOnCurrentBranch" or "autoCreatePR".',
      ),
    );
  for (const [index, { startingRef, prUrl, url }] of cloud.repos.entries())
    if (prUrl === undefined && startingRef !== undefined && /^[0-9a-f]{40}$/i.test(startingRef))
      problems.push(
        problem(
          'error',
          'current_branch_is_commit',
          [...cloudPath, 'repos', index, 'startingRef'],
          `Agents should push to the branch they start from, but in ${url} they start from a commit.`,
          'Name a branch, or turn off "workOnCurrentBranch".',
        ),
      );
  if (wavesOf(workflow).some((wave) => wave.length > 1))
    problems.push(
      problem(
        'warning',
        'current_branch_shared',
        path,
        'Several agents push to the same branch at the same time; Cursor may reject later pushes.',
        'Connect them one after the other, or turn off "workOnCurrentBranch".',
      ),
    );
  return problems;
}

function pullRequestProblems({ settings: { cloud } }: Workflow): Problem[] {
  if (cloud.autoCreatePR) return [];
  return (['skipReviewerRequest', 'openAsCursorGithubApp'] as const)
    .filter((option) => cloud[option] === true)
    .map((option) =>
      problem(
        'warning',
        'option_without_effect',
        [...cloudPath, option],
        `"${option}" has no effect without Auto-create PR.`,
        'Turn on Auto-create PR, or remove the option.',
      ),
    );
}

function variableProblems(names: readonly string[]): Problem[] {
  const path = [...cloudPath, 'envVars'];
  const problems: Problem[] = [];
  if (names.length > MAX_VARIABLES)
    problems.push(
      problem(
        'error',
        'too_many_variables',
        path,
        `The workflow names ${names.length} variables; Cursor allows at most ${MAX_VARIABLES}.`,
        'Remove some.',
      ),
    );
  for (const [index, name] of names.entries()) {
    const fault = nameFault(name, names.indexOf(name) < index);
    if (fault === undefined) continue;
    problems.push(
      problem(
        'error',
        'variable_name',
        [...path, index],
        `A variable ${fault}.`,
        'Use a shell variable name: letters, digits and "_", not starting with a digit or with CURSOR_.',
      ),
    );
  }
  return problems;
}

function nameFault(name: string, isRepeated: boolean): string | undefined {
  if (name === '') return 'has no name';
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES)
    return `has a name of more than ${MAX_NAME_BYTES} bytes`;
  if (/=/.test(name)) {
    // The text after it may be the value, so it is not shown.
    return 'contains "="; its value does not belong in the file';
  }
  if (/^cursor_/i.test(name))
    return `is called "${name}"; names with CURSOR_ are reserved for Cursor`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `is called ${JSON.stringify(name)}`;
  return isRepeated ? `"${name}" occurs twice` : undefined;
}

function pullRequestAddressProblems(target: RepositoryTarget, index: number): Problem[] {
  const { prUrl, startingRef, url } = target;
  if (prUrl === undefined) return [];
  const path = [...cloudPath, 'repos', index];
  const address = URL.parse(prUrl);
  if (address === null || !/^https?:$/.test(address.protocol) || address.username !== '')
    return [
      problem(
        'error',
        'pull_request_url_malformed',
        [...path, 'prUrl'],
        `"${prUrl}" is not the address of a pull request.`,
        'Copy it from the pull request page.',
      ),
    ];
  const problems: Problem[] = [];
  if (isOfOtherRepository(address, url))
    problems.push(
      problem(
        'error',
        'pull_request_of_other_repository',
        [...path, 'prUrl'],
        `The pull request ${prUrl} does not belong to ${url}.`,
        'Use the repository in which the pull request was opened.',
      ),
    );
  if (startingRef !== undefined)
    problems.push(
      problem(
        'warning',
        'starting_ref_ignored',
        [...path, 'startingRef'],
        `"startingRef" has no effect together with "prUrl": the pull request determines where agents start.`,
        'Remove one of the two.',
      ),
    );
  return problems;
}

/** Checked only if both are on the same host, because pull requests may be on another one. */
function isOfOtherRepository(pullRequest: URL, repositoryUrl: string): boolean {
  const repository = readRepositoryUrl(repositoryUrl);
  if (!('key' in repository)) return false;
  const [host = '', ...names] = repository.key.split('/');
  if (host.toLowerCase() !== pullRequest.host.toLowerCase()) return false;
  return !pullRequest.pathname.toLowerCase().startsWith(`/${names.join('/').toLowerCase()}/`);
}
