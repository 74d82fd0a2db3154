import { VARIABLE_PREFIX } from './variables.ts';

/** Variables with API keys, which child processes get only explicitly. */
const SECRET_VARIABLES: readonly string[] = [
  'CURSOR_API_KEY',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
];

/**
 * Variables that git sets for hooks and other programs that it starts, to name the current repository, index and commit.
 * If Cerevisor was started from a hook, an agent's `git commit` in its worktree would commit to that repository instead.
 * Variables that users set for all repositories, such as `GIT_SSH_COMMAND` or `GIT_CONFIG_COUNT`, are not among them.
 */
const REPOSITORY_VARIABLES: ReadonlySet<string> = new Set([
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
 * The environment for child processes, without API keys and without variables of the repository that git was working on
 * when Cerevisor was started. Names are compared without case, as on Windows.
 */
export const environmentForChildren = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || isExcluded(name.toUpperCase()) ? [] : [[name, value]],
    ),
  );

const isExcluded = (name: string): boolean =>
  SECRET_VARIABLES.includes(name) ||
  name.startsWith(VARIABLE_PREFIX) ||
  REPOSITORY_VARIABLES.has(name);
