// `npm test`, `npm run test:slow`, `npm run test:all`: run a tier of the tests, even in a clean clone. The first
// argument is the tier; the others are passed to vitest. Plain JavaScript for Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findNode, root } from '../bin/find-node.mjs';
import { buildProgramsIfNeeded } from './build-programs.mjs';
import { buildWebIfNeeded } from './build-web.mjs';
import { findChromium, isDebian } from './chromium.mjs';
import { installMissingDependencies } from './install.mjs';

const [tier = 'all', ...more] = process.argv.slice(2);

await installMissingDependencies();
buildProgramsIfNeeded();
buildWebIfNeeded();
const chromium = findChromium() ?? installChromium();
if (chromium === null) {
  process.stderr.write(
    'Chromium was not found: the tests in a browser are skipped, all others run.\n' +
      'To run them too, install Chromium or Chrome, or set CHROME_PATH to its path.\n',
  );
}
const node = findNode();
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(node, [vitest, 'run', ...more], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    TEST_TIER: tier,
    // Programs that the tests start by name must find the same Node.
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    ...(chromium === null ? {} : { CHROME_PATH: chromium }),
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});

/** Installs Debian's Chromium if running as root (as in a container), unless SKIP_BROWSER_INSTALL is set. */
function installChromium() {
  if (!isDebian() || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  if (process.env.SKIP_BROWSER_INSTALL) return null;
  process.stderr.write(
    "The tests in a browser need Chromium, so Debian's package chromium is installed now with apt-get, for the whole system.\n" +
      'To run the tests without it, set SKIP_BROWSER_INSTALL=1.\n',
  );
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-qq', '-y', '--no-install-recommends', 'chromium'],
  ]) {
    const run = spawnSync('apt-get', args, { encoding: 'utf8', env: environment });
    if (run.status !== 0) {
      process.stderr.write(`apt-get ${args.join(' ')} failed:\n${run.stderr ?? ''}\n`);
      return null;
    }
  }
  return findChromium();
}
