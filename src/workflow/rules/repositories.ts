import { type Problem, type ProblemPath, problem } from '../problem.ts';
import { readRepositoryUrl } from '../repository-url.ts';
import type { CloudSettings, RepositoryTarget } from '../schema/settings.ts';
import type { Workflow } from '../schema.ts';

/** Cursor's limit for one agent. */
const MAX_REPOSITORIES = 20;

const reposPath = ['settings', 'cloud', 'repos'] as const;
const forbiddenInRefs = /[\s~^:?*[\\\p{Cc}]|\.\.|@\{|^[-/]|[/.]$|\/\/|\.lock$/u;

/** Repository targets are well formed, unique and not too many. */
export function repositoryProblems(workflow: Workflow): Problem[] {
  const { repos, env } = workflow.settings.cloud;
  const problems = repos.flatMap((target, index) => targetProblems(target, [...reposPath, index]));
  if (repos.length > MAX_REPOSITORIES)
    problems.push(
      problem(
        'error',
        'too_many_repositories',
        reposPath,
        `The workflow names ${repos.length} repositories; Cursor allows at most ${MAX_REPOSITORIES}.`,
        'Remove some, or split the workflow.',
      ),
    );
  return [...problems, ...duplicates(repos), ...environmentProblems(repos, env)];
}

function targetProblems(target: RepositoryTarget, path: ProblemPath): Problem[] {
  const problems: Problem[] = [];
  const read = readRepositoryUrl(target.url);
  if (read.kind === 'malformed')
    problems.push(
      problem(
        'error',
        'repository_url_malformed',
        [...path, 'url'],
        `"${target.url}" is not the address of a repository.`,
        read.suggestion,
      ),
    );
  if (read.kind === 'with-secret')
    problems.push(
      problem(
        'error',
        'repository_url_with_secret',
        [...path, 'url'],
        'The address of the repository contains a user name or password, which would be shared with the file.',
        'Remove it, and revoke it; Cursor accesses repositories through its own connection to the host.',
      ),
    );
  if (target.startingRef !== undefined && !isRef(target.startingRef))
    problems.push(
      problem(
        'error',
        'starting_ref_malformed',
        [...path, 'startingRef'],
        `"${target.startingRef}" is not a valid name of a branch or a commit.`,
        'Name a branch or a commit, or leave it out to use the default branch.',
      ),
    );
  return problems;
}

function isRef(text: string): boolean {
  return text !== '' && !forbiddenInRefs.test(text);
}

function duplicates(repos: readonly RepositoryTarget[]): Problem[] {
  const problems: Problem[] = [];
  const firstByKey = new Map<string, number>();
  for (const [index, { url }] of repos.entries()) {
    const read = readRepositoryUrl(url);
    if (!('key' in read)) continue;
    const first = firstByKey.get(read.key);
    if (first === undefined) firstByKey.set(read.key, index);
    else
      problems.push(
        problem(
          'error',
          'repository_duplicate',
          [...reposPath, index],
          `Repositories ${first + 1} and ${index + 1} are the same: ${url}.`,
          'Keep one of them.',
        ),
      );
  }
  return problems;
}

/** Cursor's rules for repositories in each type of environment. */
function environmentProblems(
  repos: readonly RepositoryTarget[],
  env: CloudSettings['env'],
): Problem[] {
  if (env === undefined) return [];
  const path = ['settings', 'cloud', 'env'];
  if (env.type === 'cloud' && env.name !== undefined && repos.length > 0)
    return [
      problem(
        'error',
        'environment_excludes_repositories',
        path,
        `The cloud environment "${env.name}" has its own repositories, so the workflow must not name any.`,
        'Remove the repositories or the environment.',
      ),
    ];
  const allowsOne =
    env.type === 'machine' || (env.type === 'pool' && (env.name ?? 'default') === 'default');
  if (allowsOne && repos.length > 1)
    return [
      problem(
        'error',
        'environment_takes_one_repository',
        path,
        `An agent on a ${env.type} works on one repository; the workflow names ${repos.length}.`,
        'Keep one repository, or run on Cursor\u2019s cloud.',
      ),
    ];
  return [];
}
