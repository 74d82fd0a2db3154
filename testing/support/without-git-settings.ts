/**
 * The tests run git in temporary repositories. If they are run from a git hook, they would inherit `GIT_DIR` and work
 * on the user's repository; the user's signing and hooks would make them fail.
 */
for (const name of Object.keys(process.env)) {
  if (name.toUpperCase().startsWith('GIT_')) delete process.env[name];
}
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';
