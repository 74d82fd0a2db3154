// Makes a picture of every screen in both themes into docs/images: `npm run screenshots`, or `npm run screenshots -- NAME…`
// for some of them. Everything in them is real: a daemon, a rehearsal cloud, a repository, and workflows that run on them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApp } from '../testing/browser/app.ts';
import { launchBrowser, openPage, routeOf } from '../testing/browser/browser.ts';
import { prepareScene } from './screenshot-scene.mjs';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2);

// A home of its own, so that no picture shows a path of the machine that made it.
const personHome = mkdtempSync(join(tmpdir(), 'cerevisor-pictures-'));
process.env.HOME = personHome;

await using app = await startApp();
const browser = await launchBrowser();
try {
  const scene = await prepareScene(app.client(), personHome);
  for (const theme of ['light', 'dark']) await takePictures(theme, scene);
} finally {
  await browser.close();
  rmSync(personHome, { recursive: true, force: true });
}

/** What each picture shows, and the text that is there once the screen is complete. */
function picturesOf(scene) {
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
    ['execution-local', { dialog, session: scene.printing, agent: 'test' }, 'ok 3 - total'],
    ['tool-request', { dialog, session: scene.asking }, '2 tool calls of 2 agents wait'],
    ['loop-and-enhance', { dialog, session: scene.enhancing }, 'Approve the edits of the planner?'],
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

/** Says where these folders are for a person: the ones of this run are gone after it. Runs in the page. */
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

async function takePictures(theme, scene) {
  const { page } = await openPage(app, browser, { colorScheme: theme });
  for (const [name, place, ready, act] of picturesOf(scene)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await page.goto(app.url() + routeOf(place));
    await page.getByText(ready).first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {
      // The event stream never ends, so this only lets the answers arrive that are on their way.
    });
    await act?.(page);
    await page.evaluate(showUsualPaths, [
      [app.home, '/home/you/.cerevisor'],
      [personHome, '/home/you'],
    ]);
    await page.screenshot({ path: `${folder}${name}-${theme}.png` });
  }
  await page.context().close();
}
