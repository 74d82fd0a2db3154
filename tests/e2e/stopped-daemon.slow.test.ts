import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { closeWithEscape, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const agents = [{ id: 'a', name: 'Alone', script: 'say Hello.' }];

const isAway = (page: Page) =>
  page
    .getByRole('contentinfo')
    .getByText('Cerevisor does not respond')
    .waitFor({ timeout: 120_000 });

/** Until every file of the app is kept by the browser. */
const keepsShell = (page: Page) =>
  expect
    .poll(
      () =>
        page.evaluate(`(async () => {
          // Never waited for: a browser that refuses the worker would say nothing.
          if (navigator.serviceWorker.controller === null) return 0;
          const names = await caches.keys();
          const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
          return kept.flat().filter(({ url }) => url.includes('/assets/')).length;
        })()`),
      { timeout: 120_000 },
    )
    .toBeGreaterThan(10);

describe('while the daemon is stopped', () => {
  it('still opens every screen, including those not opened before', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    await keepsShell(page);
    await app.kill();
    await isAway(page);
    for (const [key, title, content] of [
      ['Control+,', 'Settings', 'Providers'],
      ['?', 'Keyboard shortcuts', 'Ctrl+,'],
    ] as const) {
      await page.keyboard.press(key);
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.getByText(content).first().waitFor();
      await closeWithEscape(dialog);
    }
    expect(await page.getByText(/fault in Cerevisor|dynamically imported/).count()).toBe(0);
    await app.start();
    await page.getByText('Up to date').waitFor({ timeout: 120_000 });
    await page.context().close();
  });

  it('returns after a reload, at the same place and with unsaved edits', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    await keepsShell(page);
    const path = writeWorkflow(app, workflowOf('Kept place', agents));
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: 'Agent Alone' }).click();
    await page.getByRole('complementary').getByLabel('Name', { exact: true }).fill('Renamed');
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings', tab: 'workflow' }));
    await app.kill();
    await page.reload();
    await page.getByText('Cerevisor is not running').waitFor();
    await page.getByRole('button', { name: 'Copy the command' }).waitFor();
    // Neither on the path nor in the usual home: the command says both, though the login came by link.
    const command = await page.getByText('bin/cerevisor.mjs').textContent();
    expect(command).toMatch(/^CEREVISOR_HOME=\S+ node \S+bin\/cerevisor\.mjs$/);
    await app.start();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ timeout: 120_000 });
    await page.keyboard.press('Escape');
    await page.getByRole('group', { name: 'Agent Renamed' }).waitFor();
    await page.context().close();
  });

  it('waits for a suspended daemon, and reports that', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    await keepsShell(page);
    const { pid } = JSON.parse(readFileSync(join(app.home, 'daemon.json'), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    try {
      await page.reload({ waitUntil: 'commit' });
      await page.getByText('Waiting for Cerevisor…').waitFor({ timeout: 120_000 });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await page.getByRole('heading', { name: 'Workflows' }).waitFor({ timeout: 120_000 });
    await page.context().close();
  });

  it('shows the frame of a loading screen and what it waits for, and continues automatically', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser, { serviceWorkers: 'block' });
    let isBlocked = true;
    let fail = () => {};
    const failed = new Promise<void>((resolve) => {
      fail = resolve;
    });
    await page.route('**/assets/settings-dialog*.js', async (route) => {
      if (!isBlocked) return route.continue();
      await failed;
      await route.abort();
    });
    await page.keyboard.press('Control+,');
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByText('Loading…').waitFor();
    await app.kill();
    fail();
    await settings.getByText('Cerevisor does not respond').waitFor({ timeout: 120_000 });
    isBlocked = false;
    await app.start();
    await settings.getByRole('tab', { name: 'Providers' }).waitFor({ timeout: 120_000 });
    await page.context().close();
  });
});
