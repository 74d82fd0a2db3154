import { dirname, isAbsolute } from 'node:path';

/** Git treats it as an empty file on every system. */
export const nullDevice = '/dev/null';

/**
 * Options of every call: no hooks, no signing, no transport helpers that run programs. Git does not pass them to the
 * other end of a local push or fetch; the environment variables below apply there.
 */
const configuration = [
  ['core.hooksPath', nullDevice],
  ['core.excludesFile', nullDevice],
  ['core.attributesFile', nullDevice],
  ['core.fsmonitor', 'false'],
  ['commit.gpgSign', 'false'],
  ['push.gpgSign', 'false'],
  ['push.followTags', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
  ['user.name', 'Rehearsal Agent'],
  ['user.email', 'agent@rehearsal.invalid'],
  ['protocol.ext.allow', 'never'],
] as const;

export const gitOptions: readonly string[] = configuration.flatMap(([key, value]) => [
  '-c',
  `${key}=${value}`,
]);

/** Environment variables that configure how a remote repository is reached, but not which repository git works on. */
const isAccessVariable = (name: string): boolean =>
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|PROXY_SSL_\w+)$/.test(name);

/** Settings that configure how a remote repository is reached: credentials, proxies, URL rewrites. */
export const isAccessSetting = (key: string): boolean =>
  /^(credential|http|ssh|url)\.|^core\.(sshcommand|gitproxy)$/i.test(key);

/** Whether git reaches the repository without a network. */
export const isLocalRepository = (location: string): boolean =>
  isAbsolute(location) || /^file:/i.test(location);

/** Isolates git: no templates, hooks or settings of the user or the system, and no repository in a parent folder. */
export const isolatedGitVariables = (folder: string): Readonly<Record<string, string>> => ({
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: nullDevice,
  GIT_CONFIG_GLOBAL: nullDevice,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TEMPLATE_DIR: '',
  GIT_CEILING_DIRECTORIES: dirname(folder),
});

export const nonInteractiveVariables = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
  LC_ALL: 'C',
} as const;

export type Setting = readonly [key: string, value: string];

/**
 * The environment for git. The user's `GIT_*` variables and settings do not apply, also not at the other end of a local
 * push or fetch.
 * @param access for a remote repository: the user's settings that configure how it is reached.
 */
export function gitEnvironment(
  cwd: string,
  access: readonly Setting[] | null,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return {
    ...withoutGitVariables(environment, access !== null),
    // Before git 2.32, only a missing home hides the user's settings. SSH and credential helpers need the home for
    // their keys.
    ...(access === null ? { HOME: nullDevice, XDG_CONFIG_HOME: nullDevice } : {}),
    ...isolatedGitVariables(cwd),
    ...configurationVariables(access ?? []),
    ...nonInteractiveVariables,
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  };
}

/** The environment without API keys and without git's variables, except those for access if `withAccess` is set. */
export const withoutGitVariables = (environment: NodeJS.ProcessEnv, withAccess: boolean) =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => {
      const upper = name.toUpperCase();
      if (upper.startsWith('GIT_')) return withAccess && isAccessVariable(upper);
      return !/^(CURSOR|CEREVISOR)_|_API_KEY$/.test(upper);
    }),
  );

/** Passed in the environment, because every user of the machine can read command lines. */
const configurationVariables = (settings: readonly Setting[]): Record<string, string> => ({
  GIT_CONFIG_COUNT: String(settings.length),
  ...Object.fromEntries(
    settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
});
