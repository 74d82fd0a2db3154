import { dirname } from 'node:path';

/** Git reads it as an empty file on every system. */
const nothing = '/dev/null';

/** Set for every call: no hooks, no signing, no transport helpers that run programs, whatever settings say. */
const configuration = [
  ['core.hooksPath', nothing],
  ['core.excludesFile', nothing],
  ['core.attributesFile', nothing],
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

/** What decides how a remote repository is reached, and never which repository git works on. */
const isForAccess = (name: string): boolean =>
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|PROXY_SSL_\w+)$/.test(name);

/** Keeps git to what it is given: no template, hook or setting of the person's or of the system, and nothing above. */
export const ownGitVariables = (folder: string): Readonly<Record<string, string>> => ({
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: nothing,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TEMPLATE_DIR: '',
  GIT_CEILING_DIRECTORIES: dirname(folder),
});

/**
 * The environment for git. All its repositories are ours: no `GIT_*` variable of the person's leads it to another one,
 * and no setting of theirs counts. Only with access do their credential helpers, SSH and proxy settings count.
 */
export function gitEnvironment(
  cwd: string,
  withAccess: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(environment).filter(([name]) => {
    const upper = name.toUpperCase();
    if (upper.startsWith('GIT_')) return withAccess && isForAccess(upper);
    return !/^(CURSOR|CEREVISOR)_|_API_KEY$/.test(upper);
  });
  const { GIT_TEMPLATE_DIR, GIT_CEILING_DIRECTORIES, ...settings } = ownGitVariables(cwd);
  return {
    ...Object.fromEntries(inherited),
    // Before git 2.32 a missing home alone keeps it from the person's settings.
    ...(withAccess ? {} : { ...settings, HOME: nothing, XDG_CONFIG_HOME: nothing }),
    GIT_TEMPLATE_DIR,
    GIT_CEILING_DIRECTORIES,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    LC_ALL: 'C',
  };
}
