import { VARIABLE_PREFIX } from './variables.ts';

/** Variables that hold keys of ours; programs that we start get them only on purpose. */
const SECRET_VARIABLES: readonly string[] = [
  'CURSOR_API_KEY',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
];

/**
 * What git sets in hooks and for other programs that it starts: which repository, index and commit it is at work on. We
 * outlive that moment, and an agent's `git commit` in its worktree would commit to that repository instead. What a person
 * sets for all of their repositories, such as `GIT_SSH_COMMAND` or `GIT_CONFIG_COUNT`, is not among them.
 */
const VARIABLES_OF_ONE_REPOSITORY: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_DATE',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_LITERAL_PATHSPECS',
  'GIT_NAMESPACE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REFLOG_ACTION',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

/**
 * The environment for child processes: without our keys, and without the repository that git was at work on when we were
 * started. Windows ignores the case of names, so we do.
 */
export const environmentForChildren = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || isNotForThem(name.toUpperCase()) ? [] : [[name, value]],
    ),
  );

const isNotForThem = (name: string): boolean =>
  SECRET_VARIABLES.includes(name) ||
  name.startsWith(VARIABLE_PREFIX) ||
  VARIABLES_OF_ONE_REPOSITORY.has(name);
