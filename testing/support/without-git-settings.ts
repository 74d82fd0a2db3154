/**
 * The tests start git in repositories of their own. Run from a git hook, they would inherit `GIT_DIR` and work on the
 * repository of the person instead; signing and hooks that a person has set up would make them fail.
 */
for (const name of Object.keys(process.env)) {
  if (name.toUpperCase().startsWith('GIT_')) delete process.env[name];
}
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';
