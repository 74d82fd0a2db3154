import { dirname, isAbsolute } from 'node:path';

/** Git reads it as an empty file on every system. */
export const nullDevice = '/dev/null';

/**
 * Set for every call: no hooks, no signing, no transport helpers that run programs, whatever settings say. Git clears
 * this for the other end of a local push or fetch, which the variables below reach.
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

/** Variables that decide how a remote repository is reached, and never which repository git works on. */
const isAccessVariable = (name: string): boolean =>
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|PROXY_SSL_\w+)$/.test(name);

/** The same among settings: who the person is, which way leads out, and by which name an address is known there. */
export const isAccessSetting = (key: string): boolean =>
  /^(credential|http|ssh|url)\.|^core\.(sshcommand|gitproxy)$/i.test(key);

/** Git reaches it without a network. */
export const isLocalRepository = (location: string): boolean =>
  isAbsolute(location) || /^file:/i.test(location);

/** Keeps git to what it is given: no template, hook or setting of the person's or of the system, and nothing above. */
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
 * The environment for git. Its repositories are ours: no `GIT_*` variable of the person's leads it to another one, and
 * no setting of theirs counts, at the other end of a local push or fetch neither.
 * @param access for an address elsewhere: those settings of the person's that decide how it is reached.
 */
export function gitEnvironment(
  cwd: string,
  access: readonly Setting[] | null,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return {
    ...withoutGitVariables(environment, access !== null),
    // Before git 2.32 a missing home alone keeps it from the person's settings. SSH and helpers look for keys in it.
    ...(access === null ? { HOME: nullDevice, XDG_CONFIG_HOME: nullDevice } : {}),
    ...isolatedGitVariables(cwd),
    ...configurationVariables(access ?? []),
    ...nonInteractiveVariables,
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  };
}

/** The environment without variables of git, but for those of access where they count; and without keys. */
export const withoutGitVariables = (environment: NodeJS.ProcessEnv, withAccess: boolean) =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => {
      const upper = name.toUpperCase();
      if (upper.startsWith('GIT_')) return withAccess && isAccessVariable(upper);
      return !/^(CURSOR|CEREVISOR)_|_API_KEY$/.test(upper);
    }),
  );

/** In the environment and not among the words of the command, which every user of the machine may read. */
const configurationVariables = (settings: readonly Setting[]): Record<string, string> => ({
  GIT_CONFIG_COUNT: String(settings.length),
  ...Object.fromEntries(
    settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
});
