import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sessionProjection } from '../../src/engine/projection.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { LifecycleEvent } from '../../src/session/events.ts';
import type { SessionId } from '../../src/session/ids.ts';
import { violationsOf } from '../../testing/browser/accessibility.ts';
import { startApp, type TestApp } from '../../testing/browser/app.ts';
import { launchBrowser, openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';
import { commitOn, localSession, mixedSession, workOn } from '../../testing/local-session.ts';
import { sessionIdOf } from '../../testing/server.ts';
import { openWorkingFolder } from '../../testing/working-folder.ts';

const world = openWorkingFolder();
const localId = sessionIdOf('10ca1');
const mixedWorld = openWorkingFolder();
const mixedId = sessionIdOf('b07b');
let app: TestApp;
let browser: Browser;
let cloudId: string;

function seedSessions(home: string): void {
  seedLocalSession(home);
  seedMixedSession(home);
}

/** Everything that can become of a file, in a session on this machine that is over. */
function seedLocalSession(home: string): void {
  world.write(join(world.project, 'src', 'old.py'), 'def total():\n    return 1\n'.repeat(4));
  world.write(join(world.project, 'gone.md'), 'Gone soon.\n');
  world.inProject('add', '--all');
  world.inProject('commit', '--quiet', '-m', 'More');
  const plan = workOn(world, 'plan', 'main', (folder) => {
    world.write(join(folder, 'long.js'), 'const line = "text"; // one\n'.repeat(2_000));
    world.write(join(folder, 'logo.png'), new Uint8Array([137, 80, 78, 71, 0, 1, 2]));
  });
  const build = workOn(world, 'build', 'plan', (folder) => {
    cpSync(join(folder, 'src', 'old.py'), join(folder, 'src', 'kept.py'));
    rmSync(join(folder, 'src', 'old.py'));
    rmSync(join(folder, 'gone.md'));
    world.write(join(folder, 'src', 'cart.ts'), 'one\nconst two: number = 2;\nthree\n');
    for (let index = 0; index < 6; index += 1)
      world.write(
        join(folder, 'pages', `page-${index}.html`),
        `<b onload="hacked=1">${index}</b>\n`,
      );
    world.write(join(folder, 'pages', '<img src=x onerror=window.hacked=1>'), 'x\n');
  });
  const events = localSession(world.project, { plan, build }, ['docs/report.md']);
  seed(home, localId, events);
}

/** Planner worked on this machine, and Builder in the cloud. The user has a clone of the cloud's repository. */
function seedMixedSession(home: string): void {
  const { at, git, project } = mixedWorld;
  const plan = commitOn(mixedWorld, 'plan', 'main', 'PLAN.md', 'a plan\n');
  const build = commitOn(mixedWorld, 'build', 'main', 'src/later.ts', 'export {};\n');
  git(at(), 'clone', '--quiet', '--bare', project, 'remote.git');
  git(at(), 'clone', '--quiet', 'remote.git', 'clone');
  seed(home, mixedId, mixedSession(project, { plan, build }, at('remote.git')));
}

function seed(home: string, id: SessionId, events: readonly LifecycleEvent[]): void {
  const opened = openJournal({ home, projection: sessionProjection, now: Date.now });
  if (!opened.ok) throw new Error(opened.failure.message);
  opened.journal.append(id, [...events, { type: 'SessionEnded', outcome: 'finished' }]);
  opened.journal.close();
}

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(seedSessions), launchBrowser()]);
  const workflow = workflowOf('Save for later', [
    { id: 'plan', name: 'Planner', script: 'say Planned.' },
    {
      id: 'build',
      name: 'Builder',
      script: 'write src/later.ts "export const later: string[] = [];\\n"\nsay Built.',
    },
  ]);
  ({ sessionId: cloudId } = await app.client().start({ workflow }));
  await vi.waitFor(
    async () => expect((await app.client().session(cloudId)).status).toBe('finished'),
    { timeout: 120_000, interval: 200 },
  );
});
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
  world[Symbol.dispose]();
  mixedWorld[Symbol.dispose]();
});

const screen = (page: Page) => page.getByRole('dialog', { name: 'Execution' });
const files = (page: Page) => page.getByRole('navigation', { name: 'Changed files' });
const diff = (page: Page) => page.getByRole('region', { name: 'Diff', exact: true });

describe('the changes of a session on this machine', () => {
  it('are shown file by file for every kind of change, and only as text', async () => {
    const { page, faults, foreignRequests } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ dialog: 'execution', session: localId }));
    await screen(page).getByRole('tab', { name: 'Changes' }).click();
    await screen(page).getByText('12 files changed').waitFor();
    await screen(page).getByText('Builder did not create 1 file').waitFor();
    await screen(page).getByText('docs/report.md').waitFor();

    await files(page).getByRole('button', { name: 'Modified cart.ts' }).click();
    await diff(page).locator('.diff-code-insert .token.keyword', { hasText: 'const' }).waitFor();
    await files(page).getByRole('button', { name: 'Renamed kept.py' }).click();
    await diff(page).getByText('its contents did not change').waitFor();
    await files(page).getByRole('button', { name: 'Deleted gone.md' }).click();
    await diff(page).locator('.diff-code-delete', { hasText: 'Gone soon.' }).waitFor();
    await files(page).getByRole('button', { name: 'Added logo.png' }).click();
    await diff(page).getByText('Binary file, 7 B.').waitFor();
    await files(page)
      .getByRole('button', { name: /onerror/ })
      .click();
    await diff(page).locator('.diff-code-insert', { hasText: 'x' }).waitFor();

    await files(page).getByRole('searchbox', { name: 'Filter files' }).fill('long');
    const listed = files(page).getByRole('button');
    await expect.poll(() => listed.count()).toBe(1);
    await listed.click();
    await diff(page).getByText('500 more lines').waitFor();
    expect(await diff(page).locator('.diff-line').count()).toBe(1500);
    await diff(page).getByRole('button', { name: 'Show 500 more' }).click();
    await diff(page).getByText('more lines').waitFor({ state: 'detached' });

    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(faults).toEqual([]);
    expect(foreignRequests).toEqual([]);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('are accessible in the %s theme', async (colorScheme) => {
    const { page, faults } = await openPage(app, browser, { colorScheme });
    const place = { dialog: 'execution', session: localId, agent: 'build', tab: 'changes' };
    await page.goto(app.url() + routeOf(place));
    await files(page).getByRole('button', { name: 'Modified cart.ts' }).click();
    await diff(page).locator('.token.keyword').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show side by side' }).click();
    await diff(page).locator('.diff-split').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Apply to folder…' }).click();
    await page.getByText('Nothing is committed').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('are not applied over uncommitted changes of the user without confirmation', async () => {
    const mine = join(world.project, 'src', 'cart.ts');
    const before = readFileSync(mine, 'utf8');
    writeFileSync(mine, 'one\nmine\nthree\n');
    const { page } = await openPage(app, browser);
    const place = { dialog: 'execution', session: localId, tab: 'changes' };
    await page.goto(app.url() + routeOf(place));
    await page.getByRole('button', { name: 'Apply to folder…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Apply to folder' });
    await dialog.getByText('1 file cannot be merged').waitFor();
    await dialog.getByText(`${world.project} on branch main`).waitFor();
    const apply = dialog.getByRole('button', { name: /^Apply \d+ files?$/ });
    expect(await apply.isDisabled()).toBe(true);
    await dialog.getByRole('switch', { name: 'Write conflict markers' }).click();
    await apply.click();
    // It stays while the pointer is on it.
    await page
      .getByLabel('Messages')
      .getByText(/1 with conflict markers/)
      .hover();
    const applied = page.getByRole('list', { name: 'Applied changes' });
    await applied.getByText('1 with conflict markers').waitFor();
    expect(readFileSync(mine, 'utf8')).toContain('<<<<<<<');
    await page.getByLabel('Messages').getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Undone: /).waitFor();
    expect(readFileSync(mine, 'utf8')).toBe('one\nmine\nthree\n');
    writeFileSync(mine, before);
    await page.context().close();
  });
});

describe('the changes of a session in the cloud', () => {
  it('are applied to a clone as previewed, and undone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cerevisor-clone-'));
    execFileSync('git', ['clone', '--quiet', join(app.home, 'sample-shop.git'), folder]);
    const made = join(folder, 'src', 'later.ts');
    const { page, faults } = await openPage(app, browser);
    const place = { dialog: 'execution', session: cloudId, agent: 'build', tab: 'changes' };
    await page.goto(app.url() + routeOf(place));
    await files(page).getByRole('button', { name: 'Added later.ts' }).waitFor();

    await page.getByRole('button', { name: 'Apply to folder…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Apply to folder' });
    await dialog.getByLabel('Folder').fill(folder);
    await dialog.getByRole('button', { name: 'Show what would change' }).click();
    await dialog.getByText('src/later.ts').waitFor();
    expect(existsSync(made)).toBe(false);
    await dialog.getByRole('button', { name: 'Apply 1 file' }).click();
    const applied = page.getByRole('list', { name: 'Applied changes' });
    await applied.getByText('1 file applied').waitFor();
    expect(readFileSync(made, 'utf8')).toContain('later: string[]');

    await applied.getByRole('button', { name: `Undo in ${folder}` }).click();
    await applied.waitFor({ state: 'detached' });
    expect(existsSync(made)).toBe(false);
    expect(faults).toEqual([]);
    await page.context().close();
    rmSync(folder, { recursive: true });
  });

  it('can be opened as a pull request on the page of the host', async () => {
    const { page, faults } = await openPage(app, browser);
    await page.context().route(/^https:\/\/github\.com\//, (route) => route.fulfill({ body: '' }));
    const place = { dialog: 'execution', session: cloudId, agent: 'build', tab: 'changes' };
    await page.goto(app.url() + routeOf(place));
    await page.getByRole('button', { name: 'Open pull request…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open pull request' });
    const opened = page.context().waitForEvent('page');
    await dialog.getByRole('button', { name: 'Open page' }).click();
    const address = await dialog.getByRole('link', { name: 'Open page' }).getAttribute('href');
    expect(address).toContain('https://github.com/cerevisor/sample-shop/compare/');
    await (await opened).waitForURL(address ?? '');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describe('the changes of a session on this machine and in the cloud', () => {
  it('are applied in one step, each to its folder, and undone together', async () => {
    const { at, project } = mixedWorld;
    const made = [join(project, 'PLAN.md'), join(at('clone'), 'src', 'later.ts')];
    const { page, faults } = await openPage(app, browser);
    const place = { dialog: 'execution', session: mixedId, tab: 'changes' };
    await page.goto(app.url() + routeOf(place));
    await page.getByRole('button', { name: 'Apply all…' }).click();
    const all = page.getByRole('dialog', { name: 'Apply all changes' });
    await all.getByRole('button', { name: 'Apply 1 file' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);

    const clone = all.getByRole('textbox', { name: /^Builder, in the cloud: / });
    await clone.fill(project);
    await clone.press('Enter');
    await all.getByText('is not a clone of it').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await clone.fill(at('clone'));
    await all.getByRole('button', { name: 'Show what would change' }).click();
    for (const folder of [project, at('clone')])
      await all.getByRole('region', { name: folder }).waitFor();
    expect(made.map((path) => existsSync(path))).toEqual([false, false]);
    await all.getByRole('button', { name: 'Apply 2 files' }).click();
    const messages = page.getByLabel('Messages');
    await messages.getByText('Applied 2 files').hover();
    expect(made.map((path) => existsSync(path))).toEqual([true, true]);
    await messages.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Undone: /).waitFor();
    expect(made.map((path) => existsSync(path))).toEqual([false, false]);

    // The clone is remembered.
    await page.getByRole('button', { name: 'Apply all…' }).click();
    await all.getByRole('button', { name: 'Apply 2 files' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

it('reports that a session changed nothing', async () => {
  const workflow = workflowOf('Talk', [{ id: 'a', name: 'Thinker', script: 'say Hm.\nwait 10m' }]);
  const { sessionId } = await app.client().start({ workflow });
  const { page } = await openPage(app, browser);
  const place = { dialog: 'execution', session: sessionId, tab: 'changes' };
  await page.goto(app.url() + routeOf(place));
  await page.getByText('No agent has changed anything yet').waitFor();
  await page.context().close();
});
