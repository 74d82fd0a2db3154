import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../testing/browser/app.ts';
import { launchBrowser, openPage } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
});

const run = (name: string, script: string) =>
  app.client().start({ workflow: workflowOf(name, [{ id: 'a', name: 'Worker', script }]) });

describe('Cloud Sessions', () => {
  it('appears with the first cloud run', async () => {
    const { page } = await openPage(app, browser);
    const button = page.getByRole('button', { name: 'Cloud Sessions' });
    await page.getByText('Up to date').waitFor();
    expect(await button.count()).toBe(0);
    await run('First one', 'say Done.');
    await button.waitFor();
    await page.context().close();
  });

  it('finds, cancels, dismisses and restores', async () => {
    await run('Long one', 'say Here.\nwait 10m');
    await run('Broken one', 'fail It broke.');
    const { page, faults } = await openPage(app, browser);
    await page.getByRole('button', { name: 'Cloud Sessions' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cloud Sessions' });
    const long = dialog.getByRole('article', { name: /Long one/ });
    const first = dialog.getByRole('article', { name: /First one/ });
    await dialog
      .getByRole('article', { name: /Broken one/ })
      .getByText('Failed', { exact: true })
      .waitFor();

    await long.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel session' }).click();
    await long.getByText('Cancelled').waitFor({ timeout: 120_000 });

    await dialog.getByLabel('Search sessions').fill('first');
    await long.waitFor({ state: 'detached' });
    await first.getByRole('button', { name: 'Refetch artifacts' }).click();
    await page.getByText('Artifacts are up to date').waitFor({ timeout: 120_000 });
    await first.getByRole('button', { name: 'Dismiss' }).click();
    const messages = page.getByLabel('Messages');
    // It stays while the pointer is on it, however long the list takes.
    await messages.getByText('Dismissed 1 session').hover();
    await first.waitFor({ state: 'detached' });
    await messages.getByRole('button', { name: 'Undo' }).click();
    await first.waitFor();

    await first.getByRole('button', { name: 'Reconnect' }).click();
    await page.getByRole('dialog', { name: 'Execution' }).getByText('All waves settled').waitFor();
    await page.goBack();
    await dialog.waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('reports once that a session ended, across windows and reloads', async () => {
    const { page } = await openPage(app, browser);
    const second = await page.context().newPage();
    await second.goto(app.url());
    await second.getByRole('heading', { name: 'Workflows' }).waitFor();
    await run('Told once', 'say Done.');
    const told = (window: typeof page) => window.getByText('Told once finished');
    await Promise.race([told(page).first().waitFor(), told(second).first().waitFor()]);
    await Promise.all([
      page.getByText('Up to date').waitFor(),
      second.getByText('Up to date').waitFor(),
    ]);
    expect((await told(page).count()) > 0 && (await told(second).count()) > 0).toBe(false);
    await page.reload();
    await page.getByText('Up to date').waitFor();
    expect(await told(page).count()).toBe(0);
    await page.context().close();
  });
});
