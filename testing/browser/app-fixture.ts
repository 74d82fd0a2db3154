import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startApp, type TestApp } from './app.ts';
import { launchBrowser, routeOf, waitForFocusIn } from './browser.ts';

/** One app and one browser that all tests of a file share. */
export type AppFixture = { readonly app: TestApp; readonly browser: Browser };

export function setUpApp(prepare?: (home: string) => void): AppFixture {
  let app: TestApp | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(prepare), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });
  const started = <Thing>(thing: Thing | undefined): Thing => {
    if (thing === undefined) throw new Error('The app is not started before the first test.');
    return thing;
  };
  return {
    get app() {
      return started(app);
    },
    get browser() {
      return started(browser);
    },
  };
}

/** Opens the Execution dialog of a session, and an agent in it. */
export async function openSession(
  app: TestApp,
  page: Page,
  session: string,
  agent?: string,
): Promise<Locator> {
  const parts = { dialog: 'execution', session, ...(agent !== undefined && { agent }) };
  await page.goto(app.url() + routeOf(parts));
  const dialog = page.getByRole('dialog', { name: 'Execution' });
  await dialog.waitFor();
  return dialog;
}

/** Closes a dialog with Escape; pressed before the dialog has the focus, it would close what is below. */
export async function closeWithEscape(dialog: Locator): Promise<void> {
  await waitForFocusIn(dialog);
  await dialog.page().keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

/** Opens Cloud Sessions by its button in the title bar. */
export async function openSessions(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Cloud Sessions' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cloud Sessions' });
  await dialog.waitFor();
  return dialog;
}
