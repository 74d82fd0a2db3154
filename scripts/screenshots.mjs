// Makes a picture of every screen in both themes into docs/images: `npm run screenshots`.
// Everything in them is real: a daemon, a rehearsal cloud, and workflows that run on it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApp } from '../testing/browser/app.ts';
import { launchBrowser, openPage, routeOf } from '../testing/browser/browser.ts';
import { workflowOf } from '../testing/browser/workflows.ts';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
mkdirSync(folder, { recursive: true });

const exampleText = (name) =>
  readFileSync(new URL(`../examples/${name}.cerevisor`, import.meta.url), 'utf8');
// A home of its own, so that no picture shows a path of the machine that made it.
const personHome = mkdtempSync(join(tmpdir(), 'cerevisor-pictures-'));
process.env.HOME = personHome;
const talk = [
  'think The cart keeps its items in the session, so saving for later needs a list of its own.',
  'read README.md',
  'say "## Saving a product for later\\n\\nThe cart lives in `src/cart.js`. Three places change:\\n\\n- the **store** gets a list per customer\\n- the cart page gets a button\\n- a page of its own shows the list\\n"',
  'artifact plan.md "# Plan"',
].join('\n');

await using app = await startApp();
const browser = await launchBrowser();
try {
  const scene = await prepare();
  for (const theme of ['light', 'dark']) await picture(theme, scene);
} finally {
  await browser.close();
  rmSync(personHome, { recursive: true, force: true });
}

/** Files as a person would keep them; the one that is opened last is the one on the pictures. */
async function keepFiles(client) {
  mkdirSync(join(personHome, 'workflows'));
  let file = '';
  for (const name of ['release-notes', 'feature-in-three-waves']) {
    file = join(personHome, 'workflows', `${name}.cerevisor`);
    writeFileSync(file, exampleText(name));
    await client.readFile(file);
  }
  return file;
}

/** Sessions in every state that a person meets. */
async function prepare() {
  const client = app.client();
  const file = await keepFiles(client);
  const start = async (name, agents) =>
    (await client.start({ workflow: workflowOf(name, agents) })).sessionId;
  const failed = await start('Bug hunt', [
    { id: 'find', name: 'Finder', script: talk },
    { id: 'fix', name: 'Fixer', script: 'fail The tests of the cart fail: 3 of 41.' },
    { id: 'check', name: 'Checker', script: 'say Checked.' },
  ]);
  const { sessionId: finished } = await client.start({
    workflow: JSON.parse(exampleText('release-notes')),
  });
  const running = await start('Feature in three waves', [
    { id: 'plan', name: 'Planner', script: talk },
    { id: 'build', name: 'Builder', script: `${talk}\nwait 30m` },
    { id: 'review', name: 'Reviewer', script: 'say Reviewed.' },
  ]);
  const statusOf = async (id) => (await client.session(id)).status;
  await until(async () => (await statusOf(failed)) === 'failed');
  await until(async () => (await statusOf(finished)) === 'finished');
  await until(async () => (await client.session(running)).agents[1]?.status === 'running');
  return { file, failed, finished, running };
}

async function until(isSo) {
  for (let tries = 0; tries < 960; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('The scene did not come about within four minutes.');
}

async function picture(theme, { file, failed, finished, running }) {
  const { page } = await openPage(app, browser, { colorScheme: theme });
  const dialog = 'execution';
  const shots = [
    ['home', {}, 'Examples'],
    ['canvas', { file }, 'Add an agent'],
    ['pre-run', { file, dialog }, 'Run mode'],
    ['execution', { dialog, session: running }, 'Wave 2 of 3'],
    ['execution-agent', { dialog, session: running, agent: 'build' }, 'Saving a product for later'],
    ['execution-finished', { dialog, session: finished }, 'Results'],
    ['execution-failed', { dialog, session: failed, agent: 'fix' }, 'Retry'],
    ['cloud-sessions', { dialog: 'sessions' }, '3 sessions'],
    ['settings-workflow', { file, dialog: 'settings', tab: 'workflow' }, 'Repository targets'],
    ['settings-providers', { file, dialog: 'settings', tab: 'providers' }, 'Smoke test'],
    ['settings-subscription', { dialog: 'settings', tab: 'subscription' }, 'Licence key'],
    ['settings-preferences', { dialog: 'settings', tab: 'preferences' }, 'Resume on launch'],
  ];
  for (const [name, place, ready] of shots) {
    await page.goto(app.url() + routeOf(place));
    await page.getByText(ready).first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {
      // The event stream never ends, so this only lets the answers arrive that are on their way.
    });
    await page.screenshot({ path: `${folder}${name}-${theme}.png` });
  }
  await page.context().close();
}
