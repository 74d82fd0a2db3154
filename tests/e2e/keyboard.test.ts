import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { closeWithEscape, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf, waitForFocusIn } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const longestWay = 120;

const hasFocus = (place: Locator) =>
  place.evaluate((element) => element === element.ownerDocument.activeElement);

/** Goes there as a person without a mouse does, and fails when there is no way. */
async function tabTo(page: Page, place: Locator): Promise<void> {
  await place.waitFor({ timeout: 120_000 });
  for (let step = 0; step < longestWay; step += 1) {
    if (await hasFocus(place)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${longestWay} times Tab did not lead to ${place}`);
}

async function press(page: Page, place: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, place);
  await page.keyboard.press(key);
}

/** Focus on the page itself means that the next Tab begins at the top: the place was lost. */
async function expectFocus(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate('document.activeElement?.tagName ?? "NOTHING"'))
    .not.toMatch(/^(BODY|HTML|NOTHING)$/);
}

describe('without a mouse', () => {
  it('shows the name of the button focused with Tab, but no tooltip after closing a dialog', async () => {
    const { app, browser } = fixture;
    const path = writeWorkflow(
      app,
      workflowOf('Named', [{ id: 'a', name: 'One', script: 'say Hi.' }]),
    );
    const { page, faults } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ file: path }));
    const settings = page.getByRole('button', { name: 'Settings', exact: true });
    const name = page.getByText('Ctrl+,');
    await tabTo(page, settings);
    await name.waitFor();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    await dialog.getByRole('tab', { name: 'Workflow' }).waitFor();
    await closeWithEscape(dialog);
    await expect.poll(() => hasFocus(settings)).toBe(true);
    // It would be over this one, and a click would not reach it.
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect(await name.count()).toBe(0);
    await page.getByRole('dialog', { name: 'Execution' }).getByText('1 agent in 1 wave').waitFor();
    expect(faults).toEqual([]);
  });

  it('opens a workflow, runs, watches, cancels and dismisses, and never loses the focus', async () => {
    const { app, browser } = fixture;
    const path = writeWorkflow(
      app,
      workflowOf('By key', [{ id: 'a', name: 'Waiter', script: 'say Here I am.\nwait 10m' }]),
    );
    const { page, faults } = await openPage(app, browser);
    await tabTo(page, page.getByLabel('Open a file'));
    await page.keyboard.type(path);
    await page.keyboard.press('Enter');
    await page.getByRole('group', { name: 'Agent Waiter' }).waitFor();

    await page.keyboard.press('Control+r');
    const execution = page.getByRole('dialog', { name: 'Execution' });
    await execution.getByText('1 agent in 1 wave').waitFor();
    await expectFocus(page);
    await press(page, execution.getByRole('button', { name: 'Run', exact: true }));
    await execution.getByRole('article', { name: 'Waiter' }).getByText('Running').waitFor();
    await expectFocus(page);
    await press(page, execution.getByRole('button', { name: 'Waiter', exact: true }));
    const transcript = execution.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Here I am.').waitFor({ timeout: 120_000 });
    await expectFocus(page);

    await press(page, execution.getByRole('button', { name: 'Cancel' }));
    const question = page.getByRole('alertdialog');
    await waitForFocusIn(question);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await expectFocus(page);
    await page.keyboard.press('Escape');
    await execution.waitFor({ state: 'detached' });

    await press(page, page.getByRole('button', { name: 'Cloud Sessions' }));
    const sessions = page.getByRole('dialog', { name: 'Cloud Sessions' });
    const row = sessions.getByRole('article', { name: /By key/ });
    await press(page, row.getByRole('button', { name: 'Cancel' }));
    await press(page, question.getByRole('button', { name: 'Cancel session' }));
    await row.getByText('Cancelled', { exact: true }).waitFor({ timeout: 120_000 });
    await expectFocus(page);
    await press(page, row.getByRole('button', { name: 'Dismiss' }));
    await row.waitFor({ state: 'detached' });
    await expectFocus(page);
    await page.keyboard.press('Escape');
    await sessions.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('takes a shortcut that follows a change of the screen at once, and waits for the workflow', async () => {
    const { app, browser } = fixture;
    const path = writeWorkflow(
      app,
      workflowOf('At once', [{ id: 'a', name: 'One', script: 'say Hi.' }]),
    );
    const { page, faults } = await openPage(app, browser);
    const reading = Promise.withResolvers<void>();
    await page.route(/\/api\/files\/content/, async (route) => {
      await reading.promise;
      await route.continue();
    });
    await page.evaluate(`
      history.pushState(null, '', ${JSON.stringify(routeOf({ file: path }))});
      dispatchEvent(new PopStateEvent('popstate'));
      dispatchEvent(new KeyboardEvent('keydown', { key: 'r', code: 'KeyR', ctrlKey: true, cancelable: true }));
    `);
    const execution = page.getByRole('dialog', { name: 'Execution' });
    await execution.getByText('Reading the workflow…').waitFor();
    reading.resolve();
    await execution.getByText('1 agent in 1 wave').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('saves, undoes and runs with a keyboard layout without Latin letters', async () => {
    const { app, browser } = fixture;
    const path = writeWorkflow(app, workflowOf('Cyrillic', [{ id: 'a', name: 'One', script: '' }]));
    const { page, faults } = await openPage(app, browser);
    const press = (key: string, code: string) =>
      page.evaluate(
        `window.dispatchEvent(new KeyboardEvent('keydown', ${JSON.stringify({ key, code, ctrlKey: true, cancelable: true })}))`,
      );
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: 'Agent One' }).click();
    await page.getByRole('complementary').getByLabel('Name', { exact: true }).fill('Renamed');
    await press('ы', 'KeyS');
    await page.getByRole('button', { name: 'Saved' }).waitFor();
    expect(JSON.parse(readFileSync(path, 'utf8')).agents[0].name).toBe('Renamed');
    await press('Я', 'KeyZ');
    await page.getByRole('group', { name: 'Agent One' }).waitFor();
    await press('к', 'KeyR');
    await page.getByRole('dialog', { name: 'Execution' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
