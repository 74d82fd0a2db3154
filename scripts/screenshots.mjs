// `npm run screenshots`: writes a screenshot of every screen in both themes to docs/images; `npm run screenshots --
// NAME…` takes only some of them. Nothing is mocked: a daemon, a rehearsal cloud, a repository, and workflows that run
// on them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApp } from '../testing/browser/app.ts';
import { launchBrowser, openPage, routeOf } from '../testing/browser/browser.ts';
import { prepareScene } from './screenshot-scene.mjs';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
mkdirSync(folder, { recursive: true });
const requested = process.argv.slice(2);

// A separate home folder, so that no screenshot shows a path of this machine.
const userHome = mkdtempSync(join(tmpdir(), 'cerevisor-pictures-'));
process.env.HOME = userHome;

await using app = await startApp();
const browser = await launchBrowser();
try {
  const scene = await prepareScene(app.client(), userHome);
  for (const theme of ['light', 'dark']) await takeScreenshots(theme, scene);
} finally {
  await browser.close();
  rmSync(userHome, { recursive: true, force: true });
}

/** The route of each screenshot, and the text that is visible once the screen is complete. */
function screenshotsOf(scene) {
  const { file, failed, finished, running, changed } = scene;
  const dialog = 'execution';
  const settings = { dialog: 'settings' };
  return [
    ['home', {}, 'Examples'],
    ['canvas', { file }, 'Add an agent'],
    ['canvas-control-flow', { file: scene.flowFile }, 'Round 3 of 4'],
    ['pre-run', { file, dialog }, 'Run mode'],
    ['pre-run-local', { file: scene.localFile, dialog }, 'Agents work in'],
    ['execution', { dialog, session: running }, 'Wave 2 of 3'],
    ['execution-agent', { dialog, session: running, agent: 'build' }, 'Saving a product for later'],
    ['execution-finished', { dialog, session: finished }, 'Results'],
    ['execution-failed', { dialog, session: failed, agent: 'fix' }, 'Retry'],
    ['execution-local', { dialog, session: scene.printingTests, agent: 'test' }, 'ok 3 - total'],
    ['tool-request', { dialog, session: scene.asking }, '2 tool calls of 2 agents wait'],
    ['loop-and-enhance', { dialog, session: scene.enhancing }, "Approve the planner's edits?"],
    [
      'changes',
      { dialog, session: changed, agent: 'build', tab: 'changes' },
      'files changed',
      openCart,
    ],
    ['cloud-sessions', { dialog: 'sessions' }, '3 sessions'],
    ['settings-workflow', { ...settings, file, tab: 'workflow' }, 'Repository targets'],
    ['settings-providers', { ...settings, file, tab: 'providers' }, 'Smoke test', showProviders],
    ['settings-subscription', { ...settings, tab: 'subscription' }, 'License key'],
    ['settings-preferences', { ...settings, tab: 'preferences' }, 'Resume on launch'],
  ];
}

async function openCart(page) {
  await page.getByRole('button', { name: 'Modified cart.js' }).click();
  await page.locator('.token.keyword').first().waitFor();
}

async function showProviders(page) {
  await page.getByText('Ollama').first().scrollIntoViewIfNeeded();
}

/** Replaces the temporary folders of this run with the usual folders of a user. Runs in the page. */
function showUsualPaths(folders) {
  const usual = (text) => folders.reduce((so, [from, to]) => so.replaceAll(from, to), text);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { nodeValue } = texts.currentNode;
    if (usual(nodeValue) !== nodeValue) texts.currentNode.nodeValue = usual(nodeValue);
  }
  for (const field of document.querySelectorAll('input[placeholder]'))
    field.placeholder = usual(field.placeholder);
}

async function takeScreenshots(theme, scene) {
  const { page } = await openPage(app, browser, { colorScheme: theme });
  for (const [name, place, ready, act] of screenshotsOf(scene)) {
    if (requested.length > 0 && !requested.includes(name)) continue;
    await page.goto(app.url() + routeOf(place));
    await page.getByText(ready).first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {
      // The event stream never ends, so this wait only gives pending responses time to arrive.
    });
    await act?.(page);
    await page.evaluate(showUsualPaths, [
      [app.home, '/home/you/.cerevisor'],
      [userHome, '/home/you'],
    ]);
    await page.screenshot({ path: `${folder}${name}-${theme}.png` });
  }
  await page.context().close();
}
