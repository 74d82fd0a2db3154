import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();

/** Notes what the desktop is told, in a window that is not in front. */
const listen = `
  window.toldDesktop = [];
  Document.prototype.hasFocus = () => false;
  const Native = window.Notification;
  window.Notification = class extends Native {
    constructor(title, options) {
      super(title, options);
      window.toldDesktop.push(title);
    }
  };
`;
const told = (page: Page) => page.evaluate('window.toldDesktop') as Promise<string[]>;
const upToDate = (page: Page) => page.getByText('Up to date').waitFor({ timeout: 120_000 });

describe('desktop notifications', () => {
  it('report each transition once, and never again after a reload or a restart', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser, { permissions: ['notifications'] });
    await page.context().addInitScript(listen);
    await page.reload();
    await upToDate(page);
    const second = await page.context().newPage();
    await second.goto(app.url());
    await upToDate(second);
    const run = (name: string, script: string) =>
      app.client().start({ workflow: workflowOf(name, [{ id: 'a', name: 'Worker', script }]) });
    await run('Good news', 'say Done.');
    await run('Bad news', 'fail It broke.');
    const all = async () => [...(await told(page)), ...(await told(second))].toSorted();
    await expect.poll(all).toEqual(['Bad news failed', 'Good news finished']);

    await page.reload();
    await upToDate(page);
    await app.kill();
    await page.getByText('Cerevisor does not respond').first().waitFor({ timeout: 120_000 });
    await app.start();
    await Promise.all([upToDate(page), upToDate(second)]);
    // What happens from now on is told, so everything before it was passed over on purpose.
    await run('Fresh news', 'say Done.');
    const fresh = async () => (await all()).filter((title) => title === 'Fresh news finished');
    await expect.poll(fresh).toHaveLength(1);
    expect((await told(page)).filter((title) => !title.startsWith('Fresh'))).toEqual([]);
    await page.context().close();
  });
});
